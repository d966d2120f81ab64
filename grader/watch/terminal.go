package watch

import (
	"context"
	"errors"
	"io"

	tea "github.com/charmbracelet/bubbletea"
)

// Terminal shows the interface until its user leaves it or ctx ends: on a screen of its own, that leaves the terminal
// as it was.
func (s *Session) Terminal(ctx context.Context, in io.Reader, out io.Writer, changed <-chan struct{}) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	m := newModel(ctx, s)
	program := tea.NewProgram(m, tea.WithContext(ctx), tea.WithInput(in), tea.WithOutput(out), tea.WithAltScreen(), tea.WithoutSignalHandler())
	go func() {
		for {
			select {
			case <-changed:
				program.Send(savedMsg{})
			case <-ctx.Done():
				return
			}
		}
	}()
	_, err := program.Run()
	if errors.Is(err, tea.ErrProgramKilled) {
		err = context.Cause(ctx) // ctx has ended, and with it the program
	}
	return errors.Join(err, m.err)
}
