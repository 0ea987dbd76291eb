//go:build !race

package main

// slower is how many times longer everything takes than alone on the machine.
const slower = 1
