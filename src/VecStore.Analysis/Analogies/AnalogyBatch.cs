using VecStore.Kernels;

namespace VecStore.Analysis;

/// <summary>One question as numbers: query rows of a, b, c in the batch, the data rows that are inputs, and the expected data row.</summary>
internal readonly record struct BatchedQuestion(int A, int B, int C, int InputA, int InputB, int InputC, int Expected, float Constant);

/// <summary>
/// The query rows that a set of questions has in common. A batch of 15,000 questions has some 900 different words: the inner products of these with
/// all candidates are made once, and every question only adds or multiplies three of them.
/// </summary>
internal sealed class AnalogyBatch
{
    private readonly IRowSource rows;
    private readonly Dictionary<int, int> queryOfRow = [];
    private readonly List<float[]> queries = [];

    public AnalogyBatch(IRowSource rows, int candidates)
    {
        this.rows = rows;
        Candidates = candidates;
    }

    public IRowSource Rows => rows;

    /// <summary>The first rows, which are the candidates.</summary>
    public int Candidates { get; }

    public int QueryCount => queries.Count;

    public List<BatchedQuestion> Questions { get; } = [];

    public ReadOnlySpan<float> Query(int index) => queries[index];

    public int AddRow(int row)
    {
        if (queryOfRow.TryGetValue(row, out int query)) return query;
        queryOfRow.Add(row, query = queries.Count);
        queries.Add(UnitRow.Read(rows, row));
        return query;
    }

    public int AddVector(float[] vector)
    {
        queries.Add(vector);
        return queries.Count - 1;
    }

    /// <summary>A question about rows; offset, where given, is the query that takes the place of b (3CosAvg, LRCos).</summary>
    public void Ask(AnalogyMethod method, int a, int b, int c, int expected, int offset = -1, double intercept = 0)
    {
        int queryA = AddRow(a), queryC = AddRow(c);
        int queryB = offset >= 0 ? offset : AddRow(b);
        float constant = (float)intercept;
        if (method == AnalogyMethod.PairDirection)
            constant = PanelProduct.Pair(Query(queryB), Query(queryC)) - PanelProduct.Pair(Query(queryA), Query(queryC));
        Questions.Add(new(queryA, queryB, queryC, a, b, c, expected, constant));
    }

    /// <summary>All query rows one after the other.</summary>
    public NativeBlock<float> PackQueries()
    {
        int dimension = rows.Dimension;
        NativeBlock<float> packed = new((long)queries.Count * dimension);
        for (int i = 0; i < queries.Count; i++) queries[i].CopyTo(packed.Span((long)i * dimension, dimension));
        return packed;
    }
}
