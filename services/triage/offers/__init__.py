"""The offers citizens are told of: what fits whom, and whether it helped."""
