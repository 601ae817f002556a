using System.Text.Json;
using System.Text.Json.Serialization;

namespace VecStore.Analysis;

/// <summary>
/// A sparse autoencoder in a store: the collection NAME has a row for each feature, its decoder row, keyed by its number, with its bias and threshold as fields; the
/// collection NAME.encoder has the encoder rows, NAME.sae one row with the decoder's bias and all that is one number for the whole. Floats are kept as they are, so
/// that the autoencoder can be had again bit for bit.
/// </summary>
/// <param name="Name">The collection of the features.</param>
/// <param name="Model">The autoencoder.</param>
/// <param name="Origin">Where it comes from.</param>
public sealed record StoredAutoencoder(string Name, SparseAutoencoder Model, SparseOrigin Origin)
{
    private const string Description = "description";
    private const string EncoderBias = "encoder_bias", Threshold = "threshold", MagnitudeBias = "magnitude_bias", MagnitudeLogScale = "magnitude_log_scale", LogDensity = "log10_density";
    private const int MostBytesOfStep = 1 << 16;

    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    /// <summary>The collection of the encoder's rows.</summary>
    public static string EncoderOf(string name) => name + ".encoder";

    /// <summary>The collection of the one row that describes the whole.</summary>
    public static string DescriptionOf(string name) => name + ".sae";

    /// <summary>Whether a store has an autoencoder of this name.</summary>
    public static bool Exists(VectorStore store, string name) => store.Collections.Contains(name) && store.Collections.Contains(EncoderOf(name))
        && store.TryGet(DescriptionOf(name), out VectorCollection? description) && description.Count == 1;

    /// <summary>The autoencoders of a store.</summary>
    public static IReadOnlyList<string> Names(VectorStore store) =>
        [.. store.Collections.Where(name => name.EndsWith(".sae", StringComparison.Ordinal)).Select(name => name[..^4]).Where(name => Exists(store, name))];

    /// <summary>
    /// Writes all three collections; the description last, so that an autoencoder that is there is there whole.
    /// </summary>
    /// <param name="store">Open for writing, without collections of these names.</param>
    /// <param name="density">log10 of the share of tokens on which each feature fires, if known.</param>
    /// <param name="progress">Hears of the building of the graph.</param>
    /// <param name="cancellation">Stops; collections that were begun are dropped.</param>
    /// <exception cref="ArgumentException">A collection of one of these names exists.</exception>
    public void Save(VectorStore store, float[]? density = null, IProgress<BuildProgress>? progress = null, CancellationToken cancellation = default)
    {
        string[] names = [Name, EncoderOf(Name), DescriptionOf(Name)];
        if (names.FirstOrDefault(name => store.TryGet(name, out _)) is { } there) throw new ArgumentException($"There is a collection \"{there}\" already.", nameof(store));
        try
        {
            string source = Source;
            FieldSchema[] fields = [.. Columns(density).Select(column => new FieldSchema(column.Name, FieldType.Double))];
            SaveRows(store.Create(names[0], new CollectionSchema(Model.OutputDimension) { KeyKind = KeyKind.Int64, Fields = fields }), Model.Decoder, Columns(density), source, progress, cancellation);
            SaveRows(store.Create(names[1], new CollectionSchema(Model.InputDimension) { KeyKind = KeyKind.Int64 }), Model.Encoder, [], source, progress, cancellation);
            VectorCollection whole = store.Create(names[2], new CollectionSchema(Model.OutputDimension)
            {
                Metric = Metric.Dot,
                KeyKind = KeyKind.Int64,
                Fields = [new FieldSchema(Description, FieldType.String)],
            });
            using BulkLoad load = whole.BeginBulkLoad();
            load.Append(0, Model.DecoderBias, new FieldValues { [Description] = JsonSerializer.Serialize(Describe(), Json) });
            load.Publish(null, cancellation);
        }
        catch
        {
            foreach (string name in names) store.Drop(name);
            throw;
        }
    }

    /// <summary>Takes an autoencoder away with all its collections.</summary>
    public static void Drop(VectorStore store, string name)
    {
        foreach (string part in (string[])[DescriptionOf(name), EncoderOf(name), name]) store.Drop(part);
    }

    /// <summary>Reads an autoencoder back.</summary>
    /// <exception cref="KeyNotFoundException">There is none of that name.</exception>
    /// <exception cref="InvalidDataException">Its collections were changed since and do not fit one another.</exception>
    public static StoredAutoencoder Load(VectorStore store, string name)
    {
        if (!Exists(store, name)) throw new KeyNotFoundException($"There is no autoencoder \"{name}\" in {store.Path}.");
        Properties properties;
        float[] decoderBias;
        using (Snapshot snapshot = store[DescriptionOf(name)].TakeSnapshot())
        {
            Record row = snapshot.Get(0) ?? throw new InvalidDataException($"The collection {DescriptionOf(name)} has no row 0.");
            decoderBias = row.Vector.ToArray();
            properties = JsonSerializer.Deserialize<Properties>(row.Fields[Description].AsString(), Json)!;
        }
        int features = properties.Features;
        float[] encoder = Rows(store[EncoderOf(name)], features, [], []);
        string[] columns = [EncoderBias, Threshold, MagnitudeBias, MagnitudeLogScale];
        float[]?[] values = [new float[features], properties.Thresholds ? new float[features] : null, properties.Gated ? new float[features] : null, properties.Gated ? new float[features] : null];
        float[] decoder = Rows(store[name], features, columns, values);
        SparseAutoencoder model = new(encoder.Length / features, encoder, decoder, values[0]!, decoderBias, properties.Activation())
        {
            Thresholds = values[1],
            MagnitudeBias = values[2],
            MagnitudeLogScale = values[3],
            SubtractDecoderBias = properties.SubtractDecoderBias,
            Normalization = properties.Normalization,
            InputScale = properties.InputScale,
        };
        return new(name, model.WithFolds(properties.Folds), properties.Origin);
    }

    /// <summary>What the provenance of the collections says.</summary>
    private string Source => Origin.Files.Count == 0 ? $"autoencoder {Name}" : $"{Origin.Files[0].Path} ({Origin.Files[0].Bytes} bytes, SHA-256 {Origin.Files[0].Sha256})";

    private List<(string Name, float[] Values)> Columns(float[]? density)
    {
        List<(string, float[])> columns = [(EncoderBias, Model.EncoderBias)];
        if (Model.Thresholds is { } thresholds) columns.Add((Threshold, thresholds));
        if (Model.MagnitudeBias is { } magnitude) columns.Add((MagnitudeBias, magnitude));
        if (Model.MagnitudeLogScale is { } scale) columns.Add((MagnitudeLogScale, scale));
        if (density is not null) columns.Add((LogDensity, density));
        return columns;
    }

    private static void SaveRows(VectorCollection collection, ReadOnlyMemory<float> rows, List<(string Name, float[] Values)> columns, string source,
        IProgress<BuildProgress>? progress, CancellationToken cancellation)
    {
        int width = collection.Schema.Dimension, count = rows.Length / width;
        FieldValues fields = [];
        using BulkLoad load = collection.BeginBulkLoad(new BulkLoadOptions { Source = source });
        for (int row = load.RowsAlreadyStaged == 0 ? 0 : throw new InvalidOperationException($"a load into {collection.Name} that was broken off is in the way"); row < count; row++)
        {
            if (row % 1024 == 0) cancellation.ThrowIfCancellationRequested();
            fields.Clear();
            foreach ((string name, float[] values) in columns) fields[name] = (double)values[row];
            load.Append(row, rows.Span.Slice(row * width, width), columns.Count == 0 ? null : fields);
        }
        load.Publish(progress, cancellation);
    }

    private static float[] Rows(VectorCollection collection, int features, string[] columns, float[]?[] values)
    {
        using Snapshot snapshot = collection.TakeSnapshot();
        if (snapshot.Count != features) throw new InvalidDataException($"The collection {collection.Name} has {snapshot.Count:N0} rows, its autoencoder {features:N0} features.");
        int width = snapshot.Schema.Dimension;
        float[] rows = new float[checked(features * width)];
        SnapshotRows source = new(snapshot);
        int step = Math.Max(1, MostBytesOfStep / width);
        float[] buffer = new float[Math.Min(step, features) * width];
        for (int first = 0; first < features; first += step)
        {
            int count = Math.Min(step, features - first);
            source.Read(first, buffer.AsSpan(0, count * width));
            for (int i = 0; i < count; i++)
            {
                RowId id = source.RowIdOf(first + i);
                long feature = snapshot.KeyOf(id).Int64;
                if (feature < 0 || feature >= features) throw new InvalidDataException($"The collection {collection.Name} has a row {feature}, its autoencoder {features:N0} features.");
                buffer.AsSpan(i * width, width).CopyTo(rows.AsSpan((int)feature * width));
                for (int column = 0; column < columns.Length; column++)
                    if (values[column] is { } target) target[feature] = (float)snapshot.FieldOf(id, columns[column]).AsDouble();
            }
        }
        return rows;
    }

    private Properties Describe() => new()
    {
        Features = Model.FeatureCount,
        Kind = Model.Activation.GetType().Name,
        K = (Model.Activation as SparseActivation.TopK)?.K,
        Threshold = (Model.Activation as SparseActivation.BatchTopK)?.Threshold,
        Thresholds = Model.Thresholds is not null,
        Gated = Model.MagnitudeBias is not null,
        SubtractDecoderBias = Model.SubtractDecoderBias,
        Normalization = Model.Normalization,
        InputScale = Model.InputScale,
        Folds = Model.Folds,
        Origin = Origin,
    };

    private sealed record Properties
    {
        public int Features { get; init; }

        public string Kind { get; init; } = "";

        public int? K { get; init; }

        public float? Threshold { get; init; }

        public bool Thresholds { get; init; }

        public bool Gated { get; init; }

        public bool SubtractDecoderBias { get; init; }

        public InputNormalization Normalization { get; init; }

        public double InputScale { get; init; }

        public SparseFolds Folds { get; init; } = new();

        public SparseOrigin Origin { get; init; } = new();

        public SparseActivation Activation() => Kind switch
        {
            nameof(SparseActivation.Relu) => new SparseActivation.Relu(),
            nameof(SparseActivation.JumpRelu) => new SparseActivation.JumpRelu(),
            nameof(SparseActivation.TopK) => new SparseActivation.TopK(K!.Value),
            nameof(SparseActivation.BatchTopK) => new SparseActivation.BatchTopK(Threshold!.Value),
            nameof(SparseActivation.Gated) => new SparseActivation.Gated(),
            _ => throw new InvalidDataException($"An activation \"{Kind}\" that this version does not know."),
        };
    }
}
