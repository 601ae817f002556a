namespace VecStore.Analysis;

/// <summary>What to simulate.</summary>
public sealed record LinearOriginsOptions
{
    /// <summary>Binary concepts.</summary>
    public int Concepts { get; init; } = 4;

    /// <summary>Dimension of the embeddings; null means as many as concepts.</summary>
    public int? Dimension { get; init; }

    /// <summary>Share of all contexts that training sees.</summary>
    public double ContextShare { get; init; } = 1;

    /// <summary>
    /// Step of gradient descent, on the loss summed over contexts. In the last tenth of the steps it is halved whenever the loss has risen, so that the run settles: with many
    /// contexts the full step ends in circling about the minimum.
    /// </summary>
    public double LearningRate { get; init; } = 0.05;

    /// <summary>Steps.</summary>
    public int Steps { get; init; } = 8_000;

    /// <summary>Standard deviation of the normal start values.</summary>
    public double StartDeviation { get; init; } = 0.01;

    /// <summary>Mean divergence from the best possible prediction up to which a run counts as converged, in nats.</summary>
    public double ConvergedDivergence { get; init; } = 0.005;

    /// <summary>Seed of model and start values.</summary>
    public ulong Seed { get; init; }
}

/// <summary>A trained model and the geometry of its concepts.</summary>
public sealed record LinearOriginsResult : IAnalysisResult
{
    /// <summary>What was simulated.</summary>
    public required LinearOriginsOptions Options { get; init; }

    /// <summary>The latent variable model.</summary>
    public required LatentConceptModel Model { get; init; }

    /// <summary>f: one vector per context.</summary>
    public required IReadOnlyList<double[]> Embeddings { get; init; }

    /// <summary>g: one vector per token.</summary>
    public required IReadOnlyList<double[]> Unembeddings { get; init; }

    /// <summary>Mean over contexts of KL(target, softmax(f . g)) at the end, in nats. 0 is perfect.</summary>
    public required double MeanDivergence { get; init; }

    /// <summary>The divergence is at most <see cref="LinearOriginsOptions.ConvergedDivergence"/>. Cosines of a run that did not converge say nothing about the theory.</summary>
    public bool Converged => MeanDivergence <= Options.ConvergedDivergence;

    /// <summary>Mean cross-entropy over contexts at the end, in nats: the divergence more than the least possible.</summary>
    public double MeanLoss => Model.LeastLoss + MeanDivergence;

    /// <summary>The geometry of the concepts.</summary>
    public required LinearOriginsGeometry Geometry { get; init; }

    string IAnalysisResult.Title => Converged
        ? "Origins of linear representations: concepts after training"
        : "Origins of linear representations: this run did NOT converge, its cosines say nothing about the theory";

    IReadOnlyList<ResultFact> IAnalysisResult.Facts =>
    [
        new("concepts", Options.Concepts), new("dimension", Embeddings[0].Length), new("contexts", Embeddings.Count), new("tokens", Unembeddings.Count), new("steps", Options.Steps),
        new("seed", Options.Seed), new("loss", MeanLoss, "nats"), new("least_loss", Model.LeastLoss, "nats"), new("divergence", MeanDivergence, "nats"), new("converged", Converged),
        new("unembedding_within_cosine", Geometry.UnembeddingWithinCosine), new("embedding_within_cosine", Geometry.EmbeddingWithinCosine),
        new("unembedding_across_cosine", Geometry.UnembeddingAcrossCosine), new("embedding_across_cosine", Geometry.EmbeddingAcrossCosine),
        ResultFact.Of("alignment", Geometry.Alignment.SameConcept), new("alignment_of_different_concepts", Geometry.Alignment.DifferentConcepts),
    ];

    IReadOnlyList<ResultTable> IAnalysisResult.Tables => Geometry.Embeddings is null
        ? [Geometry.Unembeddings.ConceptTable("unembeddings")]
        : [Geometry.Unembeddings.ConceptTable("unembeddings"), Geometry.Embeddings.ConceptTable("embeddings")];
}

/// <summary>
/// "On the origins of linear representations" as a runnable study: free tables of embeddings and unembeddings trained by full-batch gradient descent on the exact
/// expected cross-entropy of the latent variable model.
/// </summary>
public static class LinearOriginsStudy
{
    /// <summary>Simulates, trains and measures. Work: steps x contexts x tokens x dimension.</summary>
    public static LinearOriginsResult Run(LinearOriginsOptions? options = null, IProgress<double>? divergence = null, CancellationToken cancellation = default)
    {
        options ??= new();
        LatentConceptModel model = LatentConceptModel.Draw(options.Concepts, options.ContextShare, options.Seed);
        int d = options.Dimension ?? options.Concepts, contexts = model.Contexts.Count, tokens = 1 << options.Concepts;
        SeededRandom random = new(options.Seed, "start values");
        double[][] f = Start(contexts), g = Start(d, tokens); // g by element, so that the logits of a context are sums of rows
        double[][] stepF = [.. f.Select(row => new double[d])], stepG = [.. g.Select(row => new double[tokens])];
        double[] logits = new double[tokens];
        double mean = 0, rate = options.LearningRate, before = double.PositiveInfinity;
        for (int step = 0; step <= options.Steps; step++)
        {
            cancellation.ThrowIfCancellationRequested();
            foreach (double[] row in stepG) Array.Clear(row);
            mean = 0;
            for (int x = 0; x < contexts; x++)
            {
                Array.Clear(logits);
                for (int k = 0; k < d; k++) DoubleVectors.AddMultiple(logits, f[x][k], g[k]);
                mean += Divergence(model.Targets[x], logits) / contexts; // leaves softmax - target in logits
                for (int k = 0; k < d; k++)
                {
                    stepF[x][k] = DoubleVectors.Dot(g[k], logits);
                    DoubleVectors.AddMultiple(stepG[k], f[x][k], logits);
                }
            }
            if (step % 100 == 0) divergence?.Report(mean);
            if (step == options.Steps) break;
            if (step > options.Steps - options.Steps / 10 && mean > before) rate /= 2;
            before = mean;
            for (int x = 0; x < contexts; x++) DoubleVectors.AddMultiple(f[x], -rate, stepF[x]);
            for (int k = 0; k < d; k++) DoubleVectors.AddMultiple(g[k], -rate, stepG[k]);
        }
        double[][] unembeddings = [.. Enumerable.Range(0, tokens).Select(token => g.Select(row => row[token]).ToArray())];
        return new()
        {
            Options = options,
            Model = model,
            Embeddings = f,
            Unembeddings = unembeddings,
            MeanDivergence = mean,
            Geometry = LinearOriginsGeometry.Of(model, Rows(f, model.ContextKey), Rows(unembeddings, model.TokenKey), seed: options.Seed),
        };

        MemoryRows Rows(double[][] vectors, Func<int, string> key)
            => new(vectors.SelectMany(vector => vector).Select(x => (float)x).ToArray(), d, [.. Enumerable.Range(0, vectors.Length).Select(key)]);

        double[][] Start(int rows, int? width = null)
            => [.. Enumerable.Range(0, rows).Select(_ => Enumerable.Range(0, width ?? d).Select(_ => options.StartDeviation * random.NextGaussian()).ToArray())];
    }

    /// <summary>Writes embeddings and unembeddings into two collections of a store, in the place of any of these names.</summary>
    /// <param name="result">A trained model.</param>
    /// <param name="store">Open for writing.</param>
    /// <param name="name">The collections are name-embeddings (a row per context) and name-unembeddings (a row per token).</param>
    /// <returns>The two collections.</returns>
    public static (VectorCollection Embeddings, VectorCollection Unembeddings) Save(LinearOriginsResult result, VectorStore store, string name)
        => (Write(store, name + "-embeddings", result.Embeddings, result.Model.ContextKey), Write(store, name + "-unembeddings", result.Unembeddings, result.Model.TokenKey));

    private static VectorCollection Write(VectorStore store, string name, IReadOnlyList<double[]> vectors, Func<int, string> key)
    {
        store.Drop(name);
        VectorCollection collection = store.Create(name, new(vectors[0].Length) { KeyKind = KeyKind.String, Metric = Metric.Dot });
        using WriteBatch batch = collection.BeginWrite();
        for (int i = 0; i < vectors.Count; i++) batch.Upsert(key(i), [.. vectors[i].Select(x => (float)x)]);
        batch.Commit();
        return collection;
    }

    /// <summary>KL(target, softmax(logits)); logits become softmax - target.</summary>
    private static double Divergence(double[] target, double[] logits)
    {
        double largest = logits.Max(), sum = 0, divergence = 0;
        for (int y = 0; y < logits.Length; y++) sum += Math.Exp(logits[y] - largest);
        double log = Math.Log(sum) + largest;
        for (int y = 0; y < logits.Length; y++)
        {
            double logP = logits[y] - log;
            if (target[y] > 0) divergence += target[y] * (Math.Log(target[y]) - logP);
            logits[y] = Math.Exp(logP) - target[y];
        }
        return divergence;
    }
}
