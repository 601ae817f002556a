using System.Numerics;
using System.Runtime.Intrinsics;
using VecStore.Kernels;

namespace VecStore.Analysis;

/// <summary>
/// For every question of a batch: the best candidate with the inputs left out, and how many candidates beat the expected one. Ties go to the
/// smaller row. The rank of the expected row answers every "top k" at once, so nothing is ever sorted.
/// </summary>
internal sealed unsafe class AnalogyRanking(AnalogyMethod method, IReadOnlyList<BatchedQuestion> questions)
{
    private readonly float[] expectedScore = new float[questions.Count];
    private readonly BatchedQuestion[] asked = [.. questions];

    public AnalogyMethod Method { get; } = method;

    public float[] BestScore { get; } = Filled(questions.Count, float.NegativeInfinity);

    public int[] BestRow { get; } = Filled(questions.Count, -1);

    /// <summary>Candidates, inputs among them, that come before the expected row.</summary>
    public int[] Better { get; } = new int[questions.Count];

    /// <summary>Inputs that come before the expected row.</summary>
    public int[] BetterInputs { get; } = new int[questions.Count];

    private static T[] Filled<T>(int count, T value)
    {
        T[] array = new T[count];
        Array.Fill(array, value);
        return array;
    }

    /// <summary>An empty ranking of the same questions, for the rows of another thread.</summary>
    public AnalogyRanking Empty()
    {
        AnalogyRanking empty = new(Method, asked);
        expectedScore.CopyTo(empty.expectedScore, 0);
        return empty;
    }

    /// <summary>Adds what was found on the rows that follow.</summary>
    public void Combine(AnalogyRanking later)
    {
        for (int q = 0; q < asked.Length; q++)
        {
            Better[q] += later.Better[q];
            BetterInputs[q] += later.BetterInputs[q];
            if (later.BestScore[q] > BestScore[q]) (BestScore[q], BestRow[q]) = (later.BestScore[q], later.BestRow[q]);
        }
    }

    /// <summary>Scores the expected rows first, with the very arithmetic of the scan.</summary>
    public void ScoreExpected(AnalogyBatch batch)
    {
        Dictionary<int, float[]> units = [];
        for (int q = 0; q < asked.Length; q++)
        {
            BatchedQuestion question = asked[q];
            if (!units.TryGetValue(question.Expected, out float[]? x)) units.Add(question.Expected, x = UnitRow.Read(batch.Rows, question.Expected));
            float a = PanelProduct.Pair(batch.Query(question.A), x);
            float b = PanelProduct.Pair(batch.Query(question.B), x);
            float c = PanelProduct.Pair(batch.Query(question.C), x);
            expectedScore[q] = ScoreOne(a, b, c, question.Constant);
        }
    }

    public void Observe(float* products, int first, int count)
    {
        switch (Method)
        {
            case AnalogyMethod.ThreeCosAdd: Observe<ThreeCosAddScore>(products, first, count); break;
            case AnalogyMethod.ThreeCosMul: Observe<ThreeCosMulScore>(products, first, count); break;
            case AnalogyMethod.ThreeCosAvg: Observe<ThreeCosAvgScore>(products, first, count); break;
            case AnalogyMethod.PairDirection: Observe<PairDirectionScore>(products, first, count); break;
            case AnalogyMethod.NearestToB: Observe<NearestToBScore>(products, first, count); break;
            case AnalogyMethod.NearestToC: Observe<NearestToCScore>(products, first, count); break;
            case AnalogyMethod.LogisticCosine: Observe<LogisticCosineScore>(products, first, count); break;
            default: throw new ArgumentOutOfRangeException(nameof(products), Method, "unknown method");
        }
    }

    /// <summary>The scores of one question over one block.</summary>
    public static void Scores(AnalogyMethod method, float* products, in BatchedQuestion question, float* scores)
    {
        switch (method)
        {
            case AnalogyMethod.ThreeCosAdd: Scores<ThreeCosAddScore>(products, question, scores); break;
            case AnalogyMethod.ThreeCosMul: Scores<ThreeCosMulScore>(products, question, scores); break;
            case AnalogyMethod.ThreeCosAvg: Scores<ThreeCosAvgScore>(products, question, scores); break;
            case AnalogyMethod.PairDirection: Scores<PairDirectionScore>(products, question, scores); break;
            case AnalogyMethod.NearestToB: Scores<NearestToBScore>(products, question, scores); break;
            case AnalogyMethod.NearestToC: Scores<NearestToCScore>(products, question, scores); break;
            case AnalogyMethod.LogisticCosine: Scores<LogisticCosineScore>(products, question, scores); break;
            default: throw new ArgumentOutOfRangeException(nameof(method), method, "unknown method");
        }
    }

    private float ScoreOne(float a, float b, float c, float constant)
    {
        float* values = stackalloc float[3 * CandidateBlocks.BlockRows];
        float* scores = stackalloc float[CandidateBlocks.BlockRows];
        values[0] = a;
        values[CandidateBlocks.BlockRows] = b;
        values[2 * CandidateBlocks.BlockRows] = c;
        Scores(Method, values, new(0, 1, 2, 0, 0, 0, 0, constant), scores);
        return scores[0];
    }

    private static void Scores<TScore>(float* products, in BatchedQuestion question, float* scores) where TScore : IAnalogyScore
    {
        float* a = products + (nint)question.A * CandidateBlocks.BlockRows;
        float* b = products + (nint)question.B * CandidateBlocks.BlockRows;
        float* c = products + (nint)question.C * CandidateBlocks.BlockRows;
        Vector512<float> constant = Vector512.Create(question.Constant);
        for (int at = 0; at < CandidateBlocks.BlockRows; at += Vector512<float>.Count)
            TScore.Score(Vector512.Load(a + at), Vector512.Load(b + at), Vector512.Load(c + at), constant).Store(scores + at);
    }

    private void Observe<TScore>(float* products, int first, int count) where TScore : IAnalogyScore
    {
        float* scores = stackalloc float[CandidateBlocks.BlockRows];
        for (int q = 0; q < asked.Length; q++)
        {
            ref readonly BatchedQuestion question = ref asked[q];
            // A short last block, or a block with one of the question's own rows in it, is looked at row by row.
            if (count < CandidateBlocks.BlockRows || Within(question.InputA, first) || Within(question.InputB, first)
                || Within(question.InputC, first) || Within(question.Expected, first))
            {
                Scores<TScore>(products, question, scores);
                ObserveRows(q, question, scores, first, count);
                continue;
            }

            float* a = products + (nint)question.A * CandidateBlocks.BlockRows;
            float* b = products + (nint)question.B * CandidateBlocks.BlockRows;
            float* c = products + (nint)question.C * CandidateBlocks.BlockRows;
            Vector512<float> constant = Vector512.Create(question.Constant), expected = Vector512.Create(expectedScore[q]);
            Vector512<float> maximum = Vector512.Create(float.NegativeInfinity);
            int better = 0;
            bool ties = first < question.Expected; // a tie goes to the smaller row
            for (int at = 0; at < CandidateBlocks.BlockRows; at += Vector512<float>.Count)
            {
                Vector512<float> score = TScore.Score(Vector512.Load(a + at), Vector512.Load(b + at), Vector512.Load(c + at), constant);
                maximum = Vector512.MaxNative(maximum, score);
                better += BitOperations.PopCount((ties ? Vector512.GreaterThanOrEqual(score, expected) : Vector512.GreaterThan(score, expected)).ExtractMostSignificantBits());
            }
            Better[q] += better;
            if (!Vector512.GreaterThanAny(maximum, Vector512.Create(BestScore[q]))) continue;
            Scores<TScore>(products, question, scores);
            for (int row = 0; row < count; row++)
                if (scores[row] > BestScore[q]) (BestScore[q], BestRow[q]) = (scores[row], first + row);
        }
    }

    private static bool Within(int row, int first) => (uint)(row - first) < CandidateBlocks.BlockRows;

    private void ObserveRows(int q, in BatchedQuestion question, float* scores, int first, int count)
    {
        float expected = expectedScore[q];
        for (int i = 0; i < count; i++)
        {
            int row = first + i;
            float score = scores[i];
            bool input = row == question.InputA || row == question.InputB || row == question.InputC;
            if (row != question.Expected && (score > expected || (score == expected && row < question.Expected)))
            {
                Better[q]++;
                if (input) BetterInputs[q]++;
            }
            if (!input && score > BestScore[q]) (BestScore[q], BestRow[q]) = (score, row);
        }
    }
}
