package report

import (
	"fmt"
	"math"
	"slices"
)

// The histogram's measures, in units of its picture.
const (
	bins      = 10
	binWidth  = 40
	binHeight = 120
)

// A bin of the histogram: the students whose total lies between two shares of all points. The last holds those
// with every point too.
type bin struct {
	From, To      int // percent
	Count         int
	X, Y, H       int
	Level         string
	CountX, TextY int
}

// spread fills in the histogram, the mean and the median: of the totals that count, in hundredths, as lateness is
// counted.
func (v *indexView) spread() {
	v.Bins = make([]bin, bins)
	totals, most, sum := []int{}, 1, 0
	for _, s := range v.Students {
		total := int(math.Round(100 * s.Final()))
		totals = append(totals, total)
		sum += total
		at := 0
		if s.Points > 0 {
			at = min(bins*total/(100*s.Points), bins-1)
		}
		v.Bins[at].Count++
		most = max(most, v.Bins[at].Count)
	}
	for i := range v.Bins {
		b := &v.Bins[i]
		b.From, b.To = 100/bins*i, 100/bins*(i+1)
		b.H = binHeight * b.Count / most
		b.X, b.Y = binWidth*i, binHeight-b.H
		b.CountX, b.TextY = b.X+binWidth/2, b.Y-6
		b.Level = Level(2*i+1, 2*bins)
		if i == bins-1 {
			b.Level = "s5"
		}
	}
	if len(totals) == 0 {
		return
	}
	slices.Sort(totals)
	n := len(totals)
	twice := totals[(n-1)/2] + totals[n/2]
	v.Median = trimZero(float64(twice) / 200)
	v.Mean = trimZero(float64(sum) / float64(100*n))
	if v.Points > 0 {
		v.MedianAt = bins * binWidth * twice / (200 * v.Points)
	}
}

// trimZero writes a number with one decimal where it has one.
func trimZero(f float64) string {
	if f == float64(int(f)) {
		return fmt.Sprintf("%.0f", f)
	}
	return fmt.Sprintf("%.1f", f)
}
