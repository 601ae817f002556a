using System.CommandLine;
using System.Globalization;
using VecStore.Analysis;
using VecStore.Cli.Terminals;

namespace VecStore.Cli.Commands;

/// <summary>"On the origins of linear representations" as an experiment: a latent variable model trained, its vectors put into a store, and the tests run on them.</summary>
internal sealed class LinearOriginsCommand : AnalysisCommand
{
    private readonly Option<int?> concepts = Setting.Integer("--concepts", "M", "Binary concepts [4].", 2, 8);
    private readonly Option<int?> dimension = Setting.Integer("--dimension", "D", "Dimension of the vectors [as many as concepts].", 1, 4_096);
    private readonly Option<double?> contexts = Setting.Number("--contexts", "SHARE", "Share of all contexts that training sees [1].", 0.01, 1);
    private readonly Option<int?> steps = Setting.Integer("--steps", "N", "Steps of gradient descent [8000].", 1, 10_000_000);
    private readonly Option<double?> rate = Setting.Number("--rate", "R", "Step size, on the loss summed over contexts [0.05].", 1e-9, 100);

    public LinearOriginsCommand(CommandEnvironment environment)
        : base(environment, "linear-origins", "Simulates and trains the latent variable model of Jiang et al. (2024), writes its vectors into two collections and tests these.", Shared.Seed | Shared.Plot)
    {
        foreach (Option option in new Option[] { concepts, dimension, contexts, steps, rate }) Options.Add(option);
    }

    protected override int Analyze(ParseResult parse)
    {
        LinearOriginsOptions options = new()
        {
            Concepts = parse.GetValue(concepts) ?? 4,
            Dimension = parse.GetValue(dimension),
            ContextShare = parse.GetValue(contexts) ?? 1,
            Steps = parse.GetValue(steps) ?? 8_000,
            LearningRate = parse.GetValue(rate) ?? 0.05,
            Seed = Seed(parse),
        };
        string name = CollectionName(parse) ?? "linear-origins";
        using VectorStore store = VectorStore.Open(StorePath(parse), new StoreOptions { CreateIfMissing = true, Maintenance = Maintenance.Manual });
        LinearOriginsResult trained = ProgressDisplay.Run(Terminal, display => LinearOriginsStudy.Run(options, new Steps(display, options.Steps), Cancellation));
        (VectorCollection embeddings, VectorCollection unembeddings) = LinearOriginsStudy.Save(trained, store, name);
        using Snapshot f = embeddings.TakeSnapshot(), g = unembeddings.TakeSnapshot();
        LinearOriginsResult result = trained with { Geometry = LinearOriginsGeometry.Of(trained.Model, f.Rows(), g.Rows(), seed: options.Seed) };
        if (!result.Converged && !Json(parse))
            Say(string.Create(CultureInfo.InvariantCulture, $"this run did not converge: {result.MeanDivergence:F4} nats above the best prediction, more than {options.ConvergedDivergence}; another --seed may"));
        return Show(parse, result.With(new ResultFact("embeddings_collection", f.Collection), new ResultFact("unembeddings_collection", g.Collection)), result.Geometry.Unembeddings.Plot);
    }

    private sealed class Steps(ProgressDisplay display, int total) : IProgress<double>
    {
        private int reports;

        public void Report(double value) => display.Report("training", Math.Min(total, 100L * reports), "steps", Math.Min(1, 100.0 * reports++ / total));
    }
}
