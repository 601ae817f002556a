using System.CommandLine;
using System.Diagnostics;
using VecStore.Analysis;
using VecStore.Cli.Sae;
using VecStore.Cli.Terminals;
using VecStore.Formats;

namespace VecStore.Cli.Commands;

/// <summary>Brings the weights of a sparse autoencoder into a store: its features become a collection.</summary>
internal sealed class SaeImportCommand : StoreCommand
{
    private readonly Argument<string> source = new("PATH") { Description = "The file of weights, or the folder in which it lies with its configuration." };
    private readonly Option<SaeFamily?> family = Setting.Choice("--family", "Whose layout it has [by its names and configuration].", Names.SaeFamilies, "FAMILY");
    private readonly Option<SaeLayout?> layout = Setting.Choice("--orientation", "How the matrices lie, where nothing in the file decides.", Names.SaeLayouts);
    private readonly Option<SaeActivationKind?> activation = Setting.Choice("--activation", "The activation [by configuration].", Names.SaeActivations);
    private readonly Option<int?> k = Setting.Integer("--k", "K", "Active features of a row, for topk [by configuration].", 1);
    private readonly Option<double?> threshold = Setting.Number("--threshold", "T", "One threshold for all features, for jumprelu and batchtopk [from the file].", 0, float.MaxValue);
    private readonly Option<YesNo?> subtract = Setting.Choice("--subtract-decoder-bias", "Whether the decoder's bias is subtracted from inputs [by family and configuration].",
        new Names<YesNo>(("yes", YesNo.Yes), ("no", YesNo.No)));

    private readonly Option<double?> scale = Setting.Number("--scale", "S", "Inputs are multiplied by this [by configuration, or 1].", double.Epsilon, double.MaxValue);
    private readonly Option<string?> configuration = Setting.Text("--config", "FILE", "The configuration [looked for beside the weights].");
    private readonly Option<string?> model = Setting.Text("--model", "NAME", "The model whose activations it takes apart.");
    private readonly Option<string?> site = Setting.Text("--site", "NAME", "Where in the model: a hook name or module path.");
    private readonly Option<int?> layer = Setting.Integer("--layer", "N", "The layer.", 0);
    private readonly Option<string?> fold = Setting.Text("--fold", "LIST", "What to fold into the weights, recorded: decoder-norm, scale, decoder-bias.");
    private readonly Option<bool> zeroDamaged = Setting.Flag("--zero-damaged", "Set features with a NaN or an infinity to zero and list them.");
    private readonly Option<bool> force = Setting.Flag("--force", "Take the place of an autoencoder of that name.");

    public SaeImportCommand(CommandEnvironment environment) : base(environment, "import", "Imports the weights of a sparse autoencoder or transcoder: its features become a collection.")
    {
        Arguments.Add(source);
        foreach (Option option in new Option[] { family, layout, activation, k, threshold, subtract, scale, configuration, model, site, layer, fold, zeroDamaged, force }) Options.Add(option);
    }

    protected override int Run(ParseResult parse)
    {
        string name = CollectionName(parse) ?? throw new MistakeException("Under which name? Name the collection of its features with --collection NAME.");
        string path = parse.GetValue(source)!;
        if (!File.Exists(path) && !Directory.Exists(path)) throw new MistakeException($"There is no file or folder {path}.");
        long started = Stopwatch.GetTimestamp();
        SaeWeights weights = SaeFile.Open(path, SaeOptions(parse));
        var autoencoder = new StoredAutoencoder(name, Folded(SaeModel.Of(weights), parse.GetValue(fold)), SaeModel.OriginOf(weights));
        using VectorStore store = VectorStore.Open(StorePath(parse), new StoreOptions { CreateIfMissing = true, Maintenance = Maintenance.Manual });
        bool there = StoredAutoencoder.Exists(store, name) && !parse.GetValue(force);
        if (there && !IsSame(StoredAutoencoder.Load(store, name), autoencoder))
            throw new MistakeException($"{name} is another autoencoder already; --force puts this one in its place, --collection gives it another name.");
        if (!there)
        {
            if (parse.GetValue(force) && StoredAutoencoder.Exists(store, name)) StoredAutoencoder.Drop(store, name);
            ProgressDisplay.Run(Terminal, progress =>
            {
                autoencoder.Save(store, weights.LogDensity, progress, Cancellation);
                return true;
            });
        }

        SaeReport report = SaeReport.Of(autoencoder);
        double seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        if (Json(parse)) JsonOutput.Write(Terminal, new Result(report, there, seconds));
        else Show(report, there, seconds);
        return ExitCode.Success;
    }

    private SaeOptions SaeOptions(ParseResult parse) => new()
    {
        Family = parse.GetValue(family),
        Layout = parse.GetValue(layout),
        Activation = parse.GetValue(activation),
        K = parse.GetValue(k),
        Threshold = parse.GetValue(threshold),
        SubtractDecoderBias = parse.GetValue(subtract) is { } answer ? answer == YesNo.Yes : null,
        InputScale = parse.GetValue(scale),
        ConfigurationPath = parse.GetValue(configuration),
        Model = parse.GetValue(model),
        Site = parse.GetValue(site),
        Layer = parse.GetValue(layer),
        ZeroDamaged = parse.GetValue(zeroDamaged),
    };

    private static SparseAutoencoder Folded(SparseAutoencoder model, string? folds)
    {
        foreach (string one in Setting.List(folds) ?? [])
        {
            try
            {
                model = one switch
                {
                    "decoder-norm" => model.FoldDecoderNorm(),
                    "scale" => model.FoldInputScale(),
                    "decoder-bias" => model.FoldDecoderBias(),
                    _ => throw new MistakeException($"--fold {one} is not possible: decoder-norm, scale, decoder-bias are."),
                };
            }
            catch (InvalidOperationException impossible)
            {
                throw new MistakeException($"--fold {one} is not possible: {impossible.Message}.");
            }
        }

        return model;
    }

    private static bool IsSame(StoredAutoencoder one, StoredAutoencoder other) => one.Origin.Files.Select(file => file.Sha256).SequenceEqual(other.Origin.Files.Select(file => file.Sha256))
        && (one.Model.Activation, one.Model.Folds, one.Model.InputScale, one.Model.SubtractDecoderBias, one.Model.Normalization)
            .Equals((other.Model.Activation, other.Model.Folds, other.Model.InputScale, other.Model.SubtractDecoderBias, other.Model.Normalization))
        && one.Model.Encoder.Span.SequenceEqual(other.Model.Encoder.Span) && one.Model.Decoder.Span.SequenceEqual(other.Model.Decoder.Span);

    private void Show(SaeReport report, bool there, double seconds)
    {
        Terminal.Out.WriteLine(there ? $"{Display.Clean(report.Collection)} is there already; nothing was done" : $"{Display.Clean(report.Collection)} in {Display.Duration(TimeSpan.FromSeconds(seconds))}");
        foreach ((string name, string value) in report.Lines()) Terminal.Out.WriteLine($"  {name,-10} {Display.Clean(value)}");
    }

    private enum YesNo
    {
        No,
        Yes,
    }

    private sealed record Result(SaeReport Autoencoder, bool AlreadyImported, double Seconds);
}
