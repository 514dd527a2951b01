"""What is on the page: functions from vars to components, a file for each thing. No I/O."""
