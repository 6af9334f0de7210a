module microcreds.example/log

go 1.24

// The toolchain brings these packages along, and the test lays them beside the program.
require golang.org/x/mod v0.0.0

replace golang.org/x/mod => ./mod
