using System.Globalization;

namespace VecStore.Analysis;

/// <summary>Lobes and labels asked of a collection. Row i of a labelling is row i of <see cref="SnapshotRows"/> without a selection.</summary>
public static class SnapshotLobes
{
    /// <summary>Whether rows that lie near each other are in the same lobe, beside permuted lobes.</summary>
    /// <param name="features">The rows.</param>
    /// <param name="lobes">The lobe of each row.</param>
    /// <param name="neighbors">Nearest rows of a neighbourhood.</param>
    /// <param name="seed">Seed of the null.</param>
    /// <param name="options">Everything else; its neighbours and seed do not count.</param>
    /// <param name="cancellation">Ends it.</param>
    public static LobeComparison CompareNeighborhoodsToLobes(
        this Snapshot features, Labeling lobes, int neighbors = 20, ulong seed = 0, LobeComparisonOptions? options = null, CancellationToken cancellation = default)
        => LobeComparison.Of(new SnapshotRows(features), lobes, (options ?? new()) with { Neighbors = neighbors, Seed = seed }, cancellation);

    /// <summary>
    /// Writes labels into a metadata field, which is added if the collection has none of that name: whole numbers when the names of the labels are numbers, text otherwise; rows that are left out
    /// have no value. All rows are loaded anew in their order, with their vectors and other fields, and appear at once; the provenance of the labels is kept in that of the collection.
    /// </summary>
    /// <param name="collection">Its rows at this moment are those of the labelling.</param>
    /// <param name="field">Name of the field.</param>
    /// <param name="labels">A label for each row.</param>
    /// <param name="progress">Told how the graph's building goes.</param>
    /// <param name="cancellation">Ends it; nothing is changed then, but that the field may be there.</param>
    /// <exception cref="ArgumentException">Another number of rows, or a field of that name and another type.</exception>
    public static void StoreLabels(
        this VectorCollection collection, string field, Labeling labels, IProgress<BuildProgress>? progress = null, CancellationToken cancellation = default)
    {
        if (collection.Count != labels.Count) throw new ArgumentException($"labels for {labels.Count} rows, {collection.Name} has {collection.Count}", nameof(labels));
        bool numbers = labels.Names.All(name => long.TryParse(name, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _));
        collection.AddFields(new FieldSchema(field, numbers ? FieldType.Int64 : FieldType.String));
        using Snapshot snapshot = collection.TakeSnapshot();
        if (snapshot.Count != labels.Count) throw new ArgumentException($"rows were written meanwhile: labels for {labels.Count}, {snapshot.Count} rows", nameof(labels));
        string source = string.Create(CultureInfo.InvariantCulture, $"{Prefix(field)}{labels.Provenance} (rows of commit {snapshot.Sequence})");
        using BulkLoad load = collection.BeginBulkLoad(new() { Source = source });
        float[] vector = new float[snapshot.Schema.Dimension];
        long staged = load.RowsAlreadyStaged;
        int row = 0;
        foreach (ScannedRow scanned in snapshot.Scan())
        {
            cancellation.ThrowIfCancellationRequested();
            int label = labels[row];
            if (row++ < staged) continue;
            scanned.ReadVector(vector);
            FieldValues values = scanned.Fields;
            if (label < 0) values[field] = default;
            else if (numbers) values[field] = long.Parse(labels.Names[label], CultureInfo.InvariantCulture);
            else values[field] = labels.Names[label];
            load.Append(scanned.Key, vector, values);
        }
        load.Publish(progress, cancellation);
    }

    /// <summary>Reads a metadata field as labels: whole numbers, text or truth values; rows without a value are left out.</summary>
    /// <exception cref="ArgumentException">There is no such field, or it holds numbers with fractions or dates.</exception>
    public static Labeling LoadLabels(this VectorCollection collection, string field)
    {
        using Snapshot snapshot = collection.TakeSnapshot();
        string? source = collection.Provenance.LastOrDefault(entry => entry.Source.StartsWith(Prefix(field), StringComparison.Ordinal))?.Source;
        return snapshot.LoadLabels(field, source?[Prefix(field).Length..]);
    }

    /// <summary>The same of a snapshot, which does not know the collection's provenance.</summary>
    /// <param name="snapshot">The rows.</param>
    /// <param name="field">The field.</param>
    /// <param name="provenance">How the labels were made; null says the field's name.</param>
    public static Labeling LoadLabels(this Snapshot snapshot, string field, string? provenance = null)
    {
        provenance ??= $"field {field} of {snapshot.Collection}";
        FieldSchema? schema = snapshot.Schema.Fields.FirstOrDefault(item => string.Equals(item.Name, field, StringComparison.Ordinal));
        if (schema is null) throw new ArgumentException($"{snapshot.Collection} has no field {field}; it has {string.Join(", ", snapshot.Schema.Fields.Select(item => item.Name).DefaultIfEmpty("none"))}", nameof(field));
        if (schema.Type is not (FieldType.Int64 or FieldType.String or FieldType.Bool))
            throw new ArgumentException($"the field {field} holds {schema.Type}; labels are whole numbers, text or truth values", nameof(field));
        int column = snapshot.Schema.Fields.ToList().IndexOf(schema);
        List<FieldValue> values = [];
        foreach (SnapshotSegment segment in snapshot.Segments)
            for (int row = 0; row < segment.Rows; row++)
                if (segment.Deleted?.Contains(row) != true) values.Add(segment.ValueOf(row, column));
        if (schema.Type != FieldType.Int64) return Labeling.OfText([.. values.Select(value => value.IsAbsent ? null : value.ToString())], provenance);
        long[] numbers = [.. values.Where(value => !value.IsAbsent).Select(value => value.AsInt64()).Distinct().Order()];
        Dictionary<long, int> number = numbers.Select((value, label) => (value, label)).ToDictionary(item => item.value, item => item.label);
        return new([.. values.Select(value => value.IsAbsent ? Labeling.LeftOut : number[value.AsInt64()])], provenance, [.. numbers.Select(value => value.ToString(CultureInfo.InvariantCulture))]);
    }

    private static string Prefix(string field) => $"labels of field {field}: ";
}
