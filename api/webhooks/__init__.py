"""Where providers tell, without being asked, that a job is done."""
