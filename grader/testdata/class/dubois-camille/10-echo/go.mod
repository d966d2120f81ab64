module wirelab/lessons/10-echo

go 1.26
