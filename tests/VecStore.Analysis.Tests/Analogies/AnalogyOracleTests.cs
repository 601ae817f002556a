namespace VecStore.Analysis.Tests.Analogies;

/// <summary>The batched evaluation against plain loops in double, on small random rows with ties, duplicates and a zero row.</summary>
public sealed class AnalogyOracleTests
{
    private const string Header = ": first\n";

    [Theory]
    [InlineData(AnalogyMethod.ThreeCosAdd)]
    [InlineData(AnalogyMethod.ThreeCosMul)]
    [InlineData(AnalogyMethod.PairDirection)]
    [InlineData(AnalogyMethod.NearestToB)]
    [InlineData(AnalogyMethod.NearestToC)]
    public void Ranks_and_answers_are_those_of_the_plain_loop(AnalogyMethod method)
    {
        foreach (int count in new[] { 5, 127, 128, 129, 300 })
        {
            (MemoryRows rows, double[][] units) = RandomRows(count, 13, seed: count);
            Random random = new(count);
            List<string> lines = [];
            for (int i = 0; i < 40; i++) lines.Add(string.Join(' ', Enumerable.Range(0, 4).Select(_ => $"w{random.Next(1, count)}")));
            AnalogyQuestionFile questions = AnalogyQuestionFile.Read(new StringReader(Header + string.Join('\n', lines)), "test");
            AnalogyEvaluationResult result = AnalogyEvaluation.Run(rows, questions, new() { Methods = [method], KeepAnswers = true });
            Assert.Equal(40, result.Answers.Count);
            foreach (AnalogyAnswer answer in result.Answers)
            {
                int[] w = [.. new[] { answer.Question.A, answer.Question.B, answer.Question.C, answer.Question.Expected }.Select(x => int.Parse(x[1..], null))];
                double[] scores = [.. units.Select((x, row) => Score(method, Dot(units[w[0]], x), Dot(units[w[1]], x), Dot(units[w[2]], x),
                    Dot(units[w[1]], units[w[2]]) - Dot(units[w[0]], units[w[2]]), row == w[2] || Dot(units[w[2]], x) > 1 - 1e-9))];
                int[] allowed = [.. Enumerable.Range(0, count).Where(row => !w[..3].Contains(row))];
                if (allowed.Length == 0) continue;
                double best = allowed.Max(row => scores[row]);
                Assert.True(scores[int.Parse(answer.Answer[1..], null)] >= best - 2e-5 * (1 + Math.Abs(best)), $"{method} {count} {answer}");
                if (w[..3].Contains(w[3]))
                {
                    Assert.Equal(0, answer.RankOfExpected);
                }
                else
                {
                    double e = scores[w[3]], slack = 2e-5 * (1 + Math.Abs(e));
                    Assert.InRange(answer.RankOfExpected, 1 + allowed.Count(row => scores[row] > e + slack), 1 + allowed.Count(row => row != w[3] && scores[row] >= e - slack));
                }
            }
        }
    }

    [Fact]
    public void Of_equal_candidates_the_first_row_wins_and_takes_the_rank()
    {
        // w4 and w5 are the same vector, and both are the answer.
        float[] values = [1, 0, 0, 1, 1, 1, -1, 0, 0, 2, 0, 2];
        MemoryRows rows = new(values, 2, [.. Enumerable.Range(0, 6).Select(i => $"w{i}")]);
        AnalogyQuestionFile questions = AnalogyQuestionFile.Read(new StringReader(": s\nw0 w1 w2 w4\nw0 w1 w2 w5\n"), "test");
        AnalogyEvaluationResult result = AnalogyEvaluation.Run(rows, questions, new() { KeepAnswers = true, TopK = 2, Methods = [AnalogyMethod.ThreeCosAdd] });
        Assert.Equal(["w4", "w4"], result.Answers.Select(answer => answer.Answer));
        Assert.Equal([1, 2], result.Answers.Select(answer => answer.RankOfExpected));
        Assert.Equal(1, result.Total.Figures[0].Correct);
        Assert.Equal(2, result.Total.Figures[0].CorrectInTopK);
        Assert.Equal(0, result.Total.Figures[0].CorrectInputsAllowed); // w1 is the same direction and comes first
    }

    [Fact]
    public void A_perfect_parallelogram_has_error_zero_and_cosine_one()
    {
        float h = MathF.Sqrt(0.5f);
        float[] values = [h, h, 0, 0, h, 0, h, 0, 0, h, 0, h, 0, 0, h, h]; // b - a = d - c = (0, -h, h, 0), all of length 1
        MemoryRows rows = new(values, 4, ["a", "b", "c", "d"]);
        AnalogyQuestionFile questions = AnalogyQuestionFile.Read(new StringReader("a b c d"), "test");
        AnalogySectionResult total = AnalogyEvaluation.Run(rows, questions).Total;
        Assert.Equal(0, total.ParallelogramError, 1e-7);
        Assert.Equal(1, total.OffsetCosine, 1e-7);
        Assert.Equal(1, total[AnalogyMethod.ThreeCosAdd].Correct);
    }

    [Fact]
    public void Three_cos_avg_averages_the_given_pairs()
    {
        (MemoryRows rows, double[][] units) = RandomRows(50, 7, seed: 3);
        AnalogyResult result = AnalogySolver.Solve(rows, "w1", "w2", "w3", new() { Method = AnalogyMethod.ThreeCosAvg, Pairs = [("w4", "w5"), ("w6", "w7")], Count = 44, ExcludeInputs = false });
        double[] target = new double[7];
        for (int k = 0; k < 7; k++)
            target[k] = units[3][k] + (units[2][k] - units[1][k] + units[5][k] - units[4][k] + units[7][k] - units[6][k]) / 3;
        double length = Math.Sqrt(Dot(target, target));
        foreach (ScoredKey answer in result.Answers) Assert.Equal(Dot(target, units[answer.Row]) / length, answer.Score, 1e-5);
        Assert.Equal(result.Answers.OrderByDescending(answer => answer.Score), result.Answers);
        Assert.Equal(44, result.Answers.Count);
    }

    [Fact]
    public void A_word_outside_the_rows_asked_is_named()
    {
        (MemoryRows rows, _) = RandomRows(10, 3, seed: 1);
        KeyNotFoundException error = Assert.Throws<KeyNotFoundException>(() => AnalogySolver.Solve(rows, "w1", "w2", "w7", new() { Restrict = 5 }));
        Assert.Contains("w7", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a b c", "line 1")]
    [InlineData(": s\na b c d\n\na b c d e", "line 4")]
    public void A_line_that_is_no_question_is_refused_with_its_number(string text, string place)
    {
        InvalidDataException error = Assert.Throws<InvalidDataException>(() => AnalogyQuestionFile.Read(new StringReader(text), "questions.txt"));
        Assert.Contains("questions.txt, " + place, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Words_are_looked_up_as_written_and_then_in_lower_case()
    {
        MemoryRows rows = new(new float[] { 1, 0, 0, 1, 1, 1, 1, 2 }, 2, ["Paris", "rome", "France", "italy"]);
        AnalogyQuestionFile questions = AnalogyQuestionFile.Read(new StringReader("Paris France Rome Italy\nparis France Rome Italy"), "test");
        Assert.Equal(1, AnalogyEvaluation.Run(rows, questions).Total.InVocabulary);
        Assert.Equal(0, AnalogyEvaluation.Run(rows, questions, new() { FoldCase = false }).Total.InVocabulary);
    }

    private static double Score(AnalogyMethod method, double a, double b, double c, double constant, bool isC) => method switch
    {
        AnalogyMethod.ThreeCosAdd => b - a + c,
        AnalogyMethod.ThreeCosMul => (1 + b) / 2 * ((1 + c) / 2) / ((1 + a) / 2 + 0.001),
        AnalogyMethod.PairDirection => isC ? -1 : (b - a - constant) / Math.Sqrt(2 - 2 * c),
        AnalogyMethod.NearestToB => b,
        AnalogyMethod.NearestToC => c,
        _ => throw new ArgumentOutOfRangeException(nameof(method)),
    };

    private static double Dot(double[] x, double[] y) => x.Zip(y, (p, q) => p * q).Sum();

    private static (MemoryRows Rows, double[][] Units) RandomRows(int count, int dimension, int seed)
    {
        Random random = new(seed);
        float[] values = new float[count * dimension];
        for (int i = dimension; i < values.Length; i++) values[i] = (float)(random.NextDouble() * 2 - 1); // row 0 is zero
        double[][] units = new double[count][];
        for (int row = 0; row < count; row++)
        {
            double[] x = [.. values.AsSpan(row * dimension, dimension).ToArray().Select(v => (double)v)];
            double length = Math.Sqrt(Dot(x, x));
            units[row] = length == 0 ? x : [.. x.Select(v => v / length)];
        }
        return (new(values, dimension, [.. Enumerable.Range(0, count).Select(i => $"w{i}")]), units);
    }
}
