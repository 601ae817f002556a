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

    /// <summary>Step of gradient descent, on the loss summed over contexts.</summary>
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
public sealed record LinearOriginsResult
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

    /// <summary>Mean over concepts of the mean pairwise cosine of unembedding steering vectors.</summary>
    public required double UnembeddingWithinCosine { get; init; }

    /// <summary>The same for embeddings.</summary>
    public required double EmbeddingWithinCosine { get; init; }

    /// <summary>Mean |cosine| of the mean unembedding steering vectors of different concepts.</summary>
    public required double UnembeddingAcrossCosine { get; init; }

    /// <summary>Mean cosine of the mean embedding with the mean unembedding steering vector of a concept, against concepts shuffled; and |cosine| of different ones.</summary>
    public required AlignmentResult Alignment { get; init; }
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
        double mean = 0;
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
            for (int x = 0; x < contexts; x++) DoubleVectors.AddMultiple(f[x], -options.LearningRate, stepF[x]);
            for (int k = 0; k < d; k++) DoubleVectors.AddMultiple(g[k], -options.LearningRate, stepG[k]);
        }
        double[][] unembeddings = [.. Enumerable.Range(0, tokens).Select(token => g.Select(row => row[token]).ToArray())];
        IReadOnlyList<ConceptDifferences> ofTokens = model.TokenDifferences(unembeddings), ofContexts = model.ContextDifferences(f);
        double[][] means = [.. ofTokens.Select(concept => DirectionFit.Mean(concept.Differences))];
        return new()
        {
            Options = options,
            Model = model,
            Embeddings = f,
            Unembeddings = unembeddings,
            MeanDivergence = mean,
            UnembeddingWithinCosine = ofTokens.Average(concept => PairwiseCosine.Mean(concept.Differences)),
            EmbeddingWithinCosine = ofContexts.Where(concept => concept.Differences.Count > 1).Select(concept => PairwiseCosine.Mean(concept.Differences)).DefaultIfEmpty(double.NaN).Average(),
            UnembeddingAcrossCosine = LinearRepresentationTest.MeanOffDiagonal(means, means),
            Alignment = ofContexts.All(concept => concept.Differences.Count > 0)
                ? LinearRepresentationTest.Align(ofContexts, ofTokens, seed: options.Seed)
                : new(NullTest.Of(double.NaN, [], options.Seed, "a concept has no pair of contexts"), double.NaN, []),
        };

        double[][] Start(int rows, int? width = null)
            => [.. Enumerable.Range(0, rows).Select(_ => Enumerable.Range(0, width ?? d).Select(_ => options.StartDeviation * random.NextGaussian()).ToArray())];
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
