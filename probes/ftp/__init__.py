"""The FTP probe: log in, then download, upload or list, every phase timed."""

from probes.ftp.plan import FtpPlan, FtpRequest, FtpSecurity, PassiveMode
from probes.ftp.result import FtpResult

__all__ = ["FtpPlan", "FtpRequest", "FtpResult", "FtpSecurity", "PassiveMode"]
