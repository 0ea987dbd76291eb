package main
import ("context";"fmt";"os";"time")
func main(){ t:=time.Now(); d,err:=openDataset(context.Background(), os.Args[1], 200000, os.Stderr); fmt.Println(err, time.Since(t)); if err==nil {d.close()}}
