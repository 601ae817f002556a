namespace VecStore.Analysis;

/// <summary>
/// The latent variable model of Jiang et al. (2024): binary concepts from a random directed acyclic graph; a token says all of them, a context says some and leaves
/// the others unknown, and the next token follows the concepts given what the context says.
/// </summary>
public sealed class LatentConceptModel
{
    private LatentConceptModel(int concepts, double[] joint, int[][] contexts, double[][] targets)
    {
        Concepts = concepts;
        Joint = joint;
        Contexts = contexts;
        Targets = targets;
    }

    /// <summary>Number of binary concepts, m.</summary>
    public int Concepts { get; }

    /// <summary>Probability of each token: bit i of its number is concept i.</summary>
    public IReadOnlyList<double> Joint { get; }

    /// <summary>Contexts: for each concept 0, 1, or 2 for unknown; at least one is unknown.</summary>
    public IReadOnlyList<int[]> Contexts { get; }

    /// <summary>Targets[context][token]: the probability of a token given what the context says.</summary>
    public IReadOnlyList<double[]> Targets { get; }

    /// <summary>Draws a model: edges with probability 1/2 along a random order, conditional probabilities uniform in [0.3, 0.7].</summary>
    /// <param name="concepts">1 to 10.</param>
    /// <param name="contextShare">Share of all contexts that are there, drawn at random; 1 for all.</param>
    /// <param name="seed">Seed of graph, probabilities and contexts.</param>
    public static LatentConceptModel Draw(int concepts, double contextShare, ulong seed)
    {
        if (concepts is < 1 or > 10) throw new ArgumentOutOfRangeException(nameof(concepts), concepts, "1 to 10 concepts");
        if (!(contextShare is > 0 and <= 1)) throw new ArgumentOutOfRangeException(nameof(contextShare), contextShare, "a share above 0, at most 1");
        SeededRandom random = new(seed, "latent concepts", concepts);
        int[] order = [.. Enumerable.Range(0, concepts)];
        random.Shuffle(order.AsSpan());
        int tokens = 1 << concepts;
        double[] joint = [.. Enumerable.Repeat(1.0, tokens)];
        for (int place = 0; place < concepts; place++)
        {
            int concept = order[place];
            int[] parents = [.. order[..place].Where(_ => random.NextDouble() < 0.5)];
            double[] table = [.. Enumerable.Range(0, 1 << parents.Length).Select(_ => 0.3 + 0.4 * random.NextDouble())];
            for (int token = 0; token < tokens; token++)
            {
                int entry = 0;
                for (int p = 0; p < parents.Length; p++) entry |= ((token >> parents[p]) & 1) << p;
                joint[token] *= ((token >> concept) & 1) == 1 ? table[entry] : 1 - table[entry];
            }
        }
        List<int[]> contexts = [];
        for (int number = 0; number < Math.Pow(3, concepts); number++)
        {
            int[] context = new int[concepts];
            for (int i = 0, rest = number; i < concepts; i++, rest /= 3) context[i] = rest % 3;
            if (context.Contains(2)) contexts.Add(context);
        }
        if (contextShare < 1)
        {
            int[] kept = random.Choose((int)(contextShare * contexts.Count), contexts.Count);
            Array.Sort(kept);
            contexts = [.. kept.Select(i => contexts[i])];
        }
        double[][] targets = new double[contexts.Count][];
        for (int x = 0; x < targets.Length; x++)
        {
            double[] target = targets[x] = new double[tokens];
            double sum = 0;
            for (int token = 0; token < tokens; token++)
            {
                bool agrees = true;
                for (int i = 0; i < concepts; i++) agrees &= contexts[x][i] == 2 || contexts[x][i] == ((token >> i) & 1);
                if (agrees) sum += target[token] = joint[token];
            }
            DoubleVectors.Scale(target, 1 / sum);
        }
        return new(concepts, joint, [.. contexts], targets);
    }

    /// <summary>The mean over contexts of the entropy of the next token, in nats: the least cross-entropy that any prediction can have.</summary>
    public double LeastLoss => Targets.Average(target => -target.Where(p => p > 0).Sum(p => p * Math.Log(p)));

    /// <summary>A context as text: for each concept 0, 1, or ? for unknown.</summary>
    public string ContextKey(int context) => string.Concat(Contexts[context].Select(value => "01?"[value]));

    /// <summary>A token as text: for each concept 0 or 1.</summary>
    public string TokenKey(int token) => string.Concat(Enumerable.Range(0, Concepts).Select(i => "01"[(token >> i) & 1]));

    /// <summary>Steering vectors of unembeddings: for each concept, g(token with it) - g(token without it), everything else equal.</summary>
    public IReadOnlyList<ConceptDifferences> TokenDifferences(IReadOnlyList<double[]> unembeddings)
        => [.. Enumerable.Range(0, Concepts).Select(i => new ConceptDifferences($"concept {i}",
            [.. Enumerable.Range(0, 1 << Concepts).Where(token => ((token >> i) & 1) == 0).Select(token => DoubleVectors.Subtract(unembeddings[token | (1 << i)], unembeddings[token]))]))];

    /// <summary>Steering vectors of embeddings: for each concept, f(context that says 1) - f(context that says 0), everything else equal, where both are there.</summary>
    public IReadOnlyList<ConceptDifferences> ContextDifferences(IReadOnlyList<double[]> embeddings)
    {
        Dictionary<string, int> numbers = [];
        for (int x = 0; x < Contexts.Count; x++) numbers.Add(string.Join(',', Contexts[x]), x);
        List<ConceptDifferences> concepts = [];
        for (int i = 0; i < Concepts; i++)
        {
            List<double[]> differences = [];
            for (int x = 0; x < Contexts.Count; x++)
            {
                if (Contexts[x][i] != 0) continue;
                int[] flipped = (int[])Contexts[x].Clone();
                flipped[i] = 1;
                if (numbers.TryGetValue(string.Join(',', flipped), out int other)) differences.Add(DoubleVectors.Subtract(embeddings[other], embeddings[x]));
            }
            concepts.Add(new($"concept {i}", differences));
        }
        return concepts;
    }
}
