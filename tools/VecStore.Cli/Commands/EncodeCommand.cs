using System.CommandLine;
using System.Globalization;
using VecStore.Analysis;
using VecStore.Cli.Terminals;

namespace VecStore.Cli.Commands;

/// <summary>Runs a sparse autoencoder of the store over a collection of activations and keeps its firings.</summary>
internal sealed class EncodeCommand : StoreCommand
{
    private readonly Option<string?> sae = Setting.Text("--sae", "NAME", "The autoencoder, as sae import named it; may be left out when the store has one only.");
    private readonly Option<string?> name = Setting.Text("--name", "NAME", "The name of the firings [firings].");
    private readonly Option<int?> tokensPerDocument = Setting.Integer("--tokens-per-document", "N", "Rows of each document [by the fields document and position].", 1);
    private readonly Option<double?> minimum = Setting.Number("--minimum", "A", "Activations must exceed this to be kept [0].", 0, float.MaxValue);
    private readonly Option<double?> scale = Setting.Number("--scale", "S", "Inputs are multiplied by this, where the autoencoder's file did not say.", double.Epsilon, double.MaxValue);
    private readonly Option<int?> restrict = Setting.Integer("--restrict", "N", "Only the first N rows.", 1);
    private readonly Option<int?> threads = Setting.Integer("--threads", "N", "Threads [one for each processor]; the answer is the same for any number.", 1, 1024);

    public EncodeCommand(CommandEnvironment environment)
        : base(environment, "encode", "Runs a sparse autoencoder over a collection of activations and keeps its firings beside its features.")
    {
        foreach (Option option in new Option[] { sae, name, tokensPerDocument, minimum, scale, restrict, threads }) Options.Add(option);
    }

    protected override int Run(ParseResult parse)
    {
        using VectorStore store = OpenToWrite(parse, ignoreGraphs: true);
        StoredAutoencoder autoencoder = StoredAutoencoder.Load(store, Autoencoder(parse, store));
        SparseAutoencoder model = parse.GetValue(scale) is { } factor ? Scaled(autoencoder, factor) : autoencoder.Model;
        if (double.IsNaN(model.InputScale)) throw new MistakeException($"The inputs of {autoencoder.Name} are to be scaled by a factor that its file does not hold: state it with --scale.");
        VectorCollection activations = Activations(parse, store, autoencoder.Name);
        using Snapshot snapshot = activations.TakeSnapshot();
        if (snapshot.Schema.Dimension != model.InputDimension)
            throw new MistakeException($"{activations.Name} has dimension {snapshot.Schema.Dimension}, {autoencoder.Name} takes {model.InputDimension}.");
        SnapshotRows rows = new(snapshot, new RowSelection { First = parse.GetValue(restrict) });
        DocumentRows documents = Documents(parse, snapshot, rows);
        string attachment = parse.GetValue(name) ?? SnapshotFirings.DefaultName;
        float least = (float)(parse.GetValue(minimum) ?? 0);
        SparseEncodingReport report = null!;
        ProgressDisplay.Run(Terminal, progress => store[autoencoder.Name].PublishFirings(attachment, model.FeatureCount,
            sink => report = model.Encode(rows, documents, sink, new SparseEncodingOptions { Least = least, Threads = parse.GetValue(threads) ?? 0 },
                done => progress.Report("encode", done, "tokens", (double)done / rows.Count), Cancellation),
            source: $"{activations.Name}, encoded by {autoencoder.Name}",
            details: new Dictionary<string, string>
            {
                ["activations"] = activations.Name,
                ["autoencoder"] = autoencoder.Name,
                ["autoencoder_sha256"] = autoencoder.Origin.Files.Count > 0 ? autoencoder.Origin.Files[0].Sha256 : "",
                ["minimum"] = least.ToString("R", CultureInfo.InvariantCulture),
            },
            cancellation: Cancellation));
        if (Json(parse))
        {
            JsonOutput.Write(Terminal, new Result(activations.Name, autoencoder.Name, attachment, model.FeatureCount, report.Documents, report.Tokens, report.Firings, report.MeanActive, least,
                report.Elapsed.TotalSeconds, report.TokensPerSecond));
        }
        else
        {
            Terminal.Out.WriteLine($"{Display.Count(report.Firings, "firing")} of {Display.Count(report.Tokens, "token")} in {Display.Count(report.Documents, "document")}, {report.MeanActive.ToString("0.00", CultureInfo.InvariantCulture)} a token");
            Terminal.Out.WriteLine($"kept as \"{Display.Clean(attachment)}\" of {Display.Clean(autoencoder.Name)}; {Display.Duration(report.Elapsed)}, {Display.Count((long)report.TokensPerSecond)} tokens/s");
        }

        return ExitCode.Success;
    }

    private string Autoencoder(ParseResult parse, VectorStore store)
    {
        IReadOnlyList<string> known = StoredAutoencoder.Names(store);
        string has = known.Count == 0 ? "It has none; sae import brings one in." : $"It has {string.Join(", ", known)}.";
        if (parse.GetValue(sae) is { } wanted) return known.Contains(wanted) ? wanted : throw new MistakeException($"There is no autoencoder \"{wanted}\" in {store.Path}. {has}");
        return known.Count == 1 ? known[0] : throw new MistakeException($"Which autoencoder of {store.Path}? Name it with --sae. {has}");
    }

    // Of the collections that are no part of an autoencoder, the one that was named or the only one.
    private VectorCollection Activations(ParseResult parse, VectorStore store, string autoencoder)
    {
        if (CollectionName(parse) is not null) return CollectionOf(parse, store);
        HashSet<string> parts = [.. StoredAutoencoder.Names(store).SelectMany(one => new[] { one, StoredAutoencoder.EncoderOf(one), StoredAutoencoder.DescriptionOf(one) })];
        string[] others = [.. store.Collections.Where(collection => !parts.Contains(collection))];
        return others.Length == 1 ? store[others[0]]
            : throw new MistakeException($"Which activations is {autoencoder} to encode? Name the collection with --collection{(others.Length == 0 ? "; the store has none" : ": " + string.Join(", ", others))}.");
    }

    private static SparseAutoencoder Scaled(StoredAutoencoder autoencoder, double factor) => double.IsNaN(autoencoder.Model.InputScale)
        ? autoencoder.Model.WithInputScale(factor)
        : throw new MistakeException($"--scale {factor.ToString(CultureInfo.InvariantCulture)}: the scale of {autoencoder.Name} is known, it is {autoencoder.Model.InputScale.ToString(CultureInfo.InvariantCulture)}.");

    private DocumentRows Documents(ParseResult parse, Snapshot snapshot, SnapshotRows rows)
    {
        if (parse.GetValue(tokensPerDocument) is { } size) return DocumentRows.Every(size);
        string[] fields = [.. snapshot.Schema.Fields.Where(field => field.Type == FieldType.Int64).Select(field => field.Name)];
        if (!fields.Contains("document") || !fields.Contains("position"))
            throw new MistakeException($"{snapshot.Collection} has no fields document and position: how many rows make a document? --tokens-per-document N says it.");
        return DocumentRows.Fields(rows, snapshot, token: fields.Contains("token") ? "token" : null);
    }

    private sealed record Result(string Collection, string Sae, string Attachment, int Features, long Documents, long Tokens, long Firings, double MeanActive, float Minimum,
        double Seconds, double TokensPerSecond);
}
