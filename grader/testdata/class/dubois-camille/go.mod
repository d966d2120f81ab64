module example.org/camille/tp3

go 1.26

replace github.com/coder/websocket => ../websocket
