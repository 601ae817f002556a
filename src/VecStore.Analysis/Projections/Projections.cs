namespace VecStore.Analysis;

/// <summary>What to take of the projections.</summary>
public sealed record ProjectionOptions
{
    /// <summary>How many rows at either end.</summary>
    public int Extremes { get; init; } = 10;

    /// <summary>Cosines instead of inner products: each row is taken at length 1.</summary>
    public bool UnitLength { get; init; }

    /// <summary>The group of each row, from 0; -1 for none. Null when there are no groups.</summary>
    public ReadOnlyMemory<int>? Groups { get; init; }

    /// <summary>Edges of a histogram, ascending; the outer bins are open. Null for none.</summary>
    public IReadOnlyList<double>? HistogramEdges { get; init; }
}

/// <summary>One group's projections.</summary>
/// <param name="Group">Its number.</param>
/// <param name="Count">Rows.</param>
/// <param name="Mean">Mean projection.</param>
/// <param name="Variance">Sample variance.</param>
/// <param name="HedgesG">Standardised difference from all rows of other groups.</param>
public sealed record GroupProjection(int Group, long Count, double Mean, double Variance, double HedgesG);

/// <summary>All rows projected on one direction.</summary>
public sealed record ProjectionResult : IAnalysisResult
{
    /// <summary>Rows seen.</summary>
    public required long RowsSeen { get; init; }

    /// <summary>Mean projection.</summary>
    public required double Mean { get; init; }

    /// <summary>Sample variance.</summary>
    public required double Variance { get; init; }

    /// <summary>Rows of largest projection, largest first: row numbers of the scan.</summary>
    public required IReadOnlyList<(int Row, float Projection)> Top { get; init; }

    /// <summary>Rows of smallest projection, smallest first.</summary>
    public required IReadOnlyList<(int Row, float Projection)> Bottom { get; init; }

    /// <summary>Approximate quantiles.</summary>
    public required QuantileSketch Quantiles { get; init; }

    /// <summary>Rows per bin: below the first edge, between edges, from the last edge on. Empty when no edges were given.</summary>
    public required IReadOnlyList<long> Histogram { get; init; }

    /// <summary>Figures per group; empty when there are none.</summary>
    public required IReadOnlyList<GroupProjection> Groups { get; init; }

    /// <summary>Share of the variance of the projections that lies between the groups; NaN without groups.</summary>
    public required double EtaSquared { get; init; }

    string IAnalysisResult.Title => Report.Title;

    IReadOnlyList<ResultFact> IAnalysisResult.Facts => Report.Facts;

    IReadOnlyList<ResultTable> IAnalysisResult.Tables => Report.Tables;

    private IAnalysisResult Report => new ProjectionReport([("direction", this)]);
}

/// <summary>Projections of rows on directions: extremes, quantiles, histogram, group means. One pass; state some tens of kilobytes per direction.</summary>
public sealed class Projections : IStatistic<Projections, IReadOnlyList<ProjectionResult>>
{
    private readonly double[][] directions;
    private readonly ProjectionOptions options;
    private readonly State[] states;

    private sealed class State(int extremes, int bins, int groups)
    {
        public BoundedBest Top = new(extremes), Bottom = new(extremes);
        public QuantileSketch Sketch = new();
        public long[] Histogram = new long[bins];
        public Running All;
        public Running[] Groups = new Running[groups];
    }

    /// <summary>Count, mean and centred sum of squares (Welford; Chan for combining).</summary>
    private struct Running
    {
        public long Count;
        public double Mean, Squares;

        public readonly double Variance => Count > 1 ? Squares / (Count - 1) : 0;

        public void Add(double x)
        {
            double delta = x - Mean;
            Mean += delta / ++Count;
            Squares += delta * (x - Mean);
        }

        public void Combine(in Running later)
        {
            if (later.Count == 0) return;
            double total = (double)Count + later.Count, delta = later.Mean - Mean;
            Squares += later.Squares + delta * delta * Count * (later.Count / total);
            Mean += delta * (later.Count / total);
            Count += later.Count;
        }
    }

    /// <summary>Projections on some directions.</summary>
    /// <param name="directions">Vectors of the rows' dimension; not normalised here.</param>
    /// <param name="options">What to take of them.</param>
    public Projections(IReadOnlyList<double[]> directions, ProjectionOptions? options = null)
    {
        this.directions = [.. directions];
        this.options = options ?? new();
        int bins = this.options.HistogramEdges is { } edges ? edges.Count + 1 : 0;
        int groups = 0;
        if (this.options.Groups is { } labels)
            foreach (int label in labels.Span) groups = Math.Max(groups, label + 1);
        states = [.. directions.Select(_ => new State(this.options.Extremes, bins, groups))];
    }

    /// <inheritdoc/>
    public static string StateName => "projections 1";

    /// <inheritdoc/>
    public static bool DependsOnRowNumbers => true;

    /// <inheritdoc/>
    public Projections Empty() => new(directions, options);

    /// <inheritdoc/>
    public void Observe(RowBatch rows)
    {
        double[] x = new double[rows.Dimension];
        for (int row = 0; row < rows.Count; row++)
        {
            ReadOnlySpan<float> values = rows[row];
            for (int k = 0; k < x.Length; k++) x[k] = values[k];
            double scale = options.UnitLength ? 1 / Math.Max(1e-300, DoubleVectors.Norm(x)) : 1;
            int ordinal = checked((int)(rows.First + row)), group = options.Groups is { } labels ? labels.Span[ordinal] : -1;
            for (int d = 0; d < directions.Length; d++)
            {
                double projection = scale * DoubleVectors.Dot(directions[d], x);
                State state = states[d];
                state.Top.Offer((float)projection, ordinal);
                state.Bottom.Offer(-(float)projection, ordinal);
                state.Sketch.Add(projection);
                state.All.Add(projection);
                if (group >= 0) state.Groups[group].Add(projection);
                if (state.Histogram.Length == 0) continue;
                int bin = 0;
                while (bin < options.HistogramEdges!.Count && projection >= options.HistogramEdges[bin]) bin++;
                state.Histogram[bin]++;
            }
        }
    }

    /// <inheritdoc/>
    public void Combine(Projections later)
    {
        for (int d = 0; d < states.Length; d++)
        {
            states[d].Top.Combine(later.states[d].Top);
            states[d].Bottom.Combine(later.states[d].Bottom);
            states[d].Sketch.Combine(later.states[d].Sketch);
            states[d].All.Combine(later.states[d].All);
            for (int g = 0; g < states[d].Groups.Length; g++) states[d].Groups[g].Combine(later.states[d].Groups[g]);
            for (int bin = 0; bin < states[d].Histogram.Length; bin++) states[d].Histogram[bin] += later.states[d].Histogram[bin];
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<ProjectionResult> Finish() => [.. states.Select(state =>
    {
        Running grouped = default;
        foreach (Running group in state.Groups) grouped.Combine(group);
        double between = state.Groups.Sum(group => group.Count * (group.Mean - grouped.Mean) * (group.Mean - grouped.Mean));
        return new ProjectionResult
        {
            RowsSeen = state.All.Count,
            Mean = state.All.Mean,
            Variance = state.All.Variance,
            Top = [.. state.Top.Ordered().Select(item => (item.Row, item.Score))],
            Bottom = [.. state.Bottom.Ordered().Select(item => (item.Row, -item.Score))],
            Quantiles = state.Sketch,
            Histogram = [.. state.Histogram],
            Groups = [.. state.Groups.Select((group, g) =>
            {
                Running others = default;
                for (int o = 0; o < state.Groups.Length; o++)
                    if (o != g) others.Combine(state.Groups[o]);
                return new GroupProjection(g, group.Count, group.Mean, group.Variance,
                    RankStatistics.HedgesG(group.Mean, group.Variance, group.Count, others.Mean, others.Variance, others.Count));
            })],
            EtaSquared = grouped.Squares > 0 ? between / grouped.Squares : double.NaN,
        };
    })];

    /// <inheritdoc/>
    public void Write(BinaryWriter writer)
    {
        writer.Write(options.Extremes);
        writer.Write(options.UnitLength);
        writer.Write(options.HistogramEdges?.Count ?? -1);
        foreach (double edge in options.HistogramEdges ?? []) writer.Write(edge);
        writer.Write(directions.Length);
        writer.Write(directions.Length > 0 ? directions[0].Length : 0);
        writer.Write(states.Length > 0 ? states[0].Groups.Length : 0);
        for (int d = 0; d < directions.Length; d++)
        {
            foreach (double x in directions[d]) writer.Write(x);
            State state = states[d];
            state.Top.Write(writer);
            state.Bottom.Write(writer);
            state.Sketch.Write(writer);
            foreach (long count in state.Histogram) writer.Write(count);
            foreach (Running running in state.Groups.Prepend(state.All))
            {
                writer.Write(running.Count);
                writer.Write(running.Mean);
                writer.Write(running.Squares);
            }
        }
    }

    /// <summary>Reads a state. Labels are not in it: it can be combined and finished, but observes no more rows of groups.</summary>
    public static Projections Read(BinaryReader reader)
    {
        int extremes = reader.ReadInt32();
        bool unit = reader.ReadBoolean();
        int edges = reader.ReadInt32();
        double[]? histogram = edges < 0 ? null : [.. Enumerable.Range(0, Math.Min(edges, 1 << 20)).Select(_ => reader.ReadDouble())];
        int count = reader.ReadInt32(), dimension = reader.ReadInt32(), groups = reader.ReadInt32();
        if (extremes is < 0 or > 1 << 24 || count is < 0 or > 1 << 20 || dimension is < 0 or > 65_536 || groups is < 0 or > 1 << 24)
            throw new InvalidDataException("a state of projections that makes no sense");
        double[][] directions = new double[count][];
        State[] read = new State[count];
        for (int d = 0; d < count; d++)
        {
            directions[d] = [.. Enumerable.Range(0, dimension).Select(_ => reader.ReadDouble())];
            State state = read[d] = new(extremes, histogram is null ? 0 : histogram.Length + 1, groups);
            state.Top = BoundedBest.Read(reader, extremes);
            state.Bottom = BoundedBest.Read(reader, extremes);
            state.Sketch = QuantileSketch.Read(reader);
            for (int bin = 0; bin < state.Histogram.Length; bin++) state.Histogram[bin] = reader.ReadInt64();
            for (int g = -1; g < groups; g++)
            {
                Running running = new() { Count = reader.ReadInt64(), Mean = reader.ReadDouble(), Squares = reader.ReadDouble() };
                if (g < 0) state.All = running;
                else state.Groups[g] = running;
            }
        }
        int[]? labels = groups > 0 ? [groups - 1] : null; // enough to give the states their shape
        Projections result = new(directions, new() { Extremes = extremes, UnitLength = unit, HistogramEdges = histogram, Groups = labels });
        read.CopyTo(result.states, 0);
        return result;
    }
}
