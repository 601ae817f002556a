using System.Collections.Concurrent;
using System.Globalization;
using VecStore.Analysis;

namespace VecStore.Explorer;

/// <summary>
/// A collection seen from outside: its rows numbered from 0 as a snapshot has them, and their coordinates on named axes. An axis is kept once computed:
/// 4 bytes a row.
/// </summary>
internal sealed class Landscape : IDisposable
{
    /// <summary>Multiplications that fitting the principal components may cost; beyond, rows are taken at equal distances.</summary>
    private const double FitBudget = 4e10;
    private const int ComponentsKept = 10;
    private readonly Snapshot snapshot;
    private readonly ConcurrentDictionary<string, Lazy<Axis>> axes = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, LearnedDirection> learned = new(StringComparer.Ordinal);
    private readonly Lazy<PrincipalComponents> components;

    public Landscape(VectorStore store, VectorCollection collection)
    {
        Store = store;
        snapshot = collection.TakeSnapshot();
        Rows = new SnapshotRows(snapshot);
        components = new Lazy<PrincipalComponents>(FitComponents);
    }

    public VectorStore Store { get; }

    public Snapshot Snapshot => snapshot;

    public SnapshotRows Rows { get; }

    /// <summary>The first principal components, of all rows or of a stated part of them.</summary>
    public PrincipalComponents Components => components.Value;

    /// <summary>The coordinates of all rows on axes, each named by what it is: pc:1, field:year, direction:gender, learned:3, expression:she - he.</summary>
    /// <exception cref="ArgumentException">The name is not understood.</exception>
    public Axis[] AxesOf(params string[] names)
    {
        // Linear axes that are not there yet are computed in one pass.
        string[] missing = [.. names.Where(name => !name.StartsWith("field:", StringComparison.Ordinal) && !axes.ContainsKey(name)).Distinct()];
        if (missing.Length > 0)
        {
            AxisDefinition[] definitions = [.. missing.Select(Define)];
            var all = new Lazy<float[][]>(() => Projection.Of(Rows, [.. definitions.Select(d => (d.Direction, d.Offset))]));
            for (int i = 0; i < missing.Length; i++)
            {
                int at = i;
                axes.TryAdd(missing[i], new Lazy<Axis>(() => new Axis(definitions[at].Label, definitions[at].Detail, all.Value[at])));
            }
        }

        return [.. names.Select(name => axes.GetOrAdd(name, _ => new Lazy<Axis>(() => FieldAxis(name["field:".Length..]))).Value)];
    }

    /// <summary>Learns a direction from picked rows, towards the second set; it is an axis from then on.</summary>
    public LearnedDirection Learn(IReadOnlyList<int> from, IReadOnlyList<int> to)
    {
        if (from.Count == 0 || to.Count == 0) throw new ArgumentException("A direction needs rows on both sides.");
        int folds = Math.Min(5, Math.Min(from.Count, to.Count));
        double[][] negative = [.. from.Select(Vector)], positive = [.. to.Select(Vector)];
        double[] vector;
        double? area = null, p = null;
        if (folds >= 2)
        {
            SetDirectionResult result = SetDirections.Learn(positive, negative, new DirectionOptions { Folds = folds, BootstrapDraws = 20, NullDraws = 99 });
            (vector, area, p) = (result.Vector, result.HeldOutArea.Observed, result.HeldOutArea.PValue);
        }
        else
        {
            vector = Difference(Mean(positive), Mean(negative));
        }

        string name = string.Create(CultureInfo.InvariantCulture, $"learned:{learned.Count + 1}");
        var direction = new LearnedDirection(name, $"direction of {from.Count} to {to.Count} picked rows", vector, area, p, from.Count, to.Count);
        learned[name] = direction;
        return direction;
    }

    /// <summary>Where the feature of a row fires most strongly; empty when the collection has no firings. A feature is the number that is its key, or else its row.</summary>
    public FiringContext[] ContextsOf(int row)
    {
        if (!snapshot.Attachments.Any(attachment => attachment.Name == SnapshotFirings.DefaultName)) return [];
        using FiringStore firings = snapshot.OpenFirings();
        long feature = snapshot.Schema.KeyKind == KeyKind.Int64 ? snapshot.KeyOf(Rows.RowIdOf(row)).Int64 : row;
        return feature >= 0 && feature < firings.FeatureCount ? firings.TopContexts((int)feature, 6, radius: 8, onePerDocument: true) : [];
    }

    public int RowOf(string key) => Rows.TryFind(key, out int row) ? row : throw new KeyNotFoundException($"'{key}' is no key.");

    public void Dispose() => snapshot.Dispose();

    private AxisDefinition Define(string name)
    {
        int colon = name.IndexOf(':', StringComparison.Ordinal);
        (string kind, string rest) = colon < 0 ? (name, "") : (name[..colon], name[(colon + 1)..]);
        switch (kind)
        {
            case "pc" when int.TryParse(rest, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number >= 1 && number <= Components.Components.Length:
                double[] component = Components.Components[number - 1];
                double share = Components.TotalVariance > 0 ? Components.Variances[number - 1] / Components.TotalVariance : 0;
                string of = Components.RowsSeen == Rows.Count ? "all rows" : string.Create(CultureInfo.InvariantCulture, $"{Components.RowsSeen:N0} of {Rows.Count:N0} rows");
                return new(string.Create(CultureInfo.InvariantCulture, $"principal component {number}"),
                    string.Create(CultureInfo.InvariantCulture, $"{share:P1} of the variance; fitted on {of}"), component, -Dot(component, Components.Mean));
            case "direction" when Store.HasDirection(snapshot.Collection, rest):
                SavedDirection saved = Store.LoadDirection(snapshot.Collection, rest);
                return new(rest, string.Create(CultureInfo.InvariantCulture, $"saved direction, {saved.Method} from {saved.Source}, held-out AUC {saved.HeldOutArea:F3}"), saved.Vector, 0);
            case "learned" when learned.TryGetValue(name, out LearnedDirection? direction):
                return new(direction.Label, direction.HeldOutArea is { } area ? string.Create(CultureInfo.InvariantCulture, $"held-out AUC {area:F3}, p = {direction.PValue:F3}") : "too few rows to test", direction.Vector, 0);
            case "expression":
                float[] value = snapshot.Evaluate(VectorExpression.Parse(rest));
                double length = Math.Sqrt(value.Sum(x => (double)x * x));
                if (length == 0) throw new ArgumentException($"{rest} is the zero vector.");
                return new(rest, "projection on the value of the expression (rows of unit length added up)", [.. value.Select(x => x / length)], 0);
            default:
                throw new ArgumentException($"The axis \"{name}\" is not known: pc:1 to pc:{Components.Components.Length}, field:NAME, expression:TEXT and directions that were learned are.");
        }
    }

    private Axis FieldAxis(string name)
    {
        int field = FieldNamed(name);
        return new Axis(name, $"metadata, {snapshot.Schema.Fields[field].Type}", [.. snapshot.NumbersOf(name).Select(value => (float)value)]);
    }

    public int FieldNamed(string name)
    {
        for (int i = 0; i < snapshot.Schema.Fields.Count; i++)
        {
            if (snapshot.Schema.Fields[i].Name == name) return i;
        }

        throw new KeyNotFoundException($"The collection has no field \"{name}\".");
    }

    private PrincipalComponents FitComponents()
    {
        double d = Rows.Dimension;
        long most = Math.Max(20_000, (long)(FitBudget / (d * d)));
        int kept = Math.Min(ComponentsKept, Rows.Dimension);
        if (Rows.Count <= most) return PrincipalComponents.Of(Rows, kept);
        int[] some = new int[most];
        for (int i = 0; i < some.Length; i++) some[i] = (int)((long)i * Rows.Count / some.Length);
        return PrincipalComponents.Of(new SelectedRows(Rows, some), kept);
    }

    private double[] Vector(int row)
    {
        if ((uint)row >= (uint)Rows.Count) throw new ArgumentException($"There is no row {row}; there are {Rows.Count}.");
        float[] vector = new float[Rows.Dimension];
        Rows.Read(row, vector);
        return [.. vector.Select(x => (double)x)];
    }

    private static double[] Mean(double[][] rows) => [.. Enumerable.Range(0, rows[0].Length).Select(k => rows.Average(row => row[k]))];

    private static double[] Difference(double[] x, double[] y)
    {
        double[] difference = [.. x.Zip(y, (a, b) => a - b)];
        double length = Math.Sqrt(Dot(difference, difference));
        return length == 0 ? throw new ArgumentException("The two sets have the same mean: there is no direction between them.") : [.. difference.Select(v => v / length)];
    }

    private static double Dot(double[] x, double[] y) => x.Zip(y, (a, b) => a * b).Sum();

    private readonly record struct AxisDefinition(string Label, string Detail, double[] Direction, double Offset);
}

/// <summary>Coordinates of all rows on one axis.</summary>
internal sealed record Axis(string Label, string Detail, float[] Values);

/// <summary>A direction learned from picked rows.</summary>
internal sealed record LearnedDirection(string Name, string Label, double[] Vector, double? HeldOutArea, double? PValue, int From, int To);
