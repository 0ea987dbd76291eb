//go:build race

package main

// slower is how many times longer everything takes under the race detector, beside others that test as hard.
const slower = 10
