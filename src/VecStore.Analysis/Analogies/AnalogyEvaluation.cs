using System.Diagnostics;

namespace VecStore.Analysis;

/// <summary>
/// Evaluates analogy question files. Cost: (different words + pairs) x rows x dimension multiply-adds, then three adds per question and row, instead of
/// questions x rows x dimension. Memory: 128 floats per different word and thread, 16 bytes per question and method.
/// </summary>
public static class AnalogyEvaluation
{
    private sealed record Asked(int Section, AnalogyQuestion Question, int A, int B, int C, int Expected);

    /// <summary>Scores every question by every method of the options, in one pass over the rows.</summary>
    /// <exception cref="ArgumentException">No row, or a method that cannot be evaluated on questions.</exception>
    public static AnalogyEvaluationResult Run(
        IKeyedRows rows, AnalogyQuestionFile questions, AnalogyEvaluationOptions? options = null, CancellationToken cancellation = default)
    {
        options ??= new();
        rows = options.Inner?.Map(rows) ?? rows;
        ArgumentOutOfRangeException.ThrowIfLessThan(options.TopK, 1, nameof(options));
        if (options.Restrict is < 1) throw new ArgumentOutOfRangeException(nameof(options), options.Restrict, "restrict to at least one row");
        long started = Stopwatch.GetTimestamp();
        int candidates = Math.Min(rows.Count, options.Restrict ?? rows.Count);
        List<Asked> asked = Resolve(rows, questions, candidates, options.FoldCase);

        AnalogyBatch batch = new(rows, candidates);
        List<AnalogyRanking> rankings = [];
        foreach (AnalogyMethod method in options.Methods)
        {
            batch.Questions.Clear();
            PairsOfSections? pairs = method is AnalogyMethod.ThreeCosAvg or AnalogyMethod.LogisticCosine
                ? new(batch, [.. asked.Select(a => (a.Section, a.A, a.B, a.C, a.Expected))]) : null;
            if (method == AnalogyMethod.LogisticCosine) pairs!.FitRegressions(asked.Select(a => (a.Section, a.C, a.Expected)), options.Threads, cancellation);
            foreach (Asked a in asked)
            {
                (int offset, double intercept) = method switch
                {
                    AnalogyMethod.ThreeCosAvg => (pairs!.OffsetWithout(a.Section, a.C, a.Expected), 0),
                    AnalogyMethod.LogisticCosine => pairs!.RegressionWithout(a.Section, a.C, a.Expected),
                    _ => (-1, 0),
                };
                batch.Ask(method, a.A, a.B, a.C, a.Expected, offset, intercept);
            }
            rankings.Add(new(method, [.. batch.Questions]));
        }
        AnalogyRanking[] ranked = AnalogyScan.Run(batch, rankings, options.Threads, cancellation);
        return Summarize(rows, questions, options, candidates, asked, batch, ranked, started);
    }

    private static List<Asked> Resolve(IKeyedRows rows, AnalogyQuestionFile questions, int candidates, bool foldCase)
    {
        Dictionary<string, int> known = new(StringComparer.Ordinal);
        List<Asked> asked = [];
        for (int section = 0; section < questions.Sections.Count; section++)
        {
            foreach (AnalogyQuestion question in questions.Sections[section].Questions)
            {
                int a = RowOf(question.A), b = RowOf(question.B), c = RowOf(question.C), expected = RowOf(question.Expected);
                if (a >= 0 && b >= 0 && c >= 0 && expected >= 0) asked.Add(new(section, question, a, b, c, expected));
            }
        }
        return asked;

        int RowOf(string word)
        {
            if (known.TryGetValue(word, out int row)) return row;
            bool found = rows.TryFind(word, out row) && row < candidates;
            if (!found && foldCase) found = rows.TryFind(word.ToLowerInvariant(), out row) && row < candidates;
            known.Add(word, row = found ? row : -1);
            return row;
        }
    }

    private static AnalogyEvaluationResult Summarize(
        IKeyedRows rows, AnalogyQuestionFile questions, AnalogyEvaluationOptions options, int candidates,
        List<Asked> asked, AnalogyBatch batch, AnalogyRanking[] ranked, long started)
    {
        int sectionCount = questions.Sections.Count, k = options.TopK;
        int[] inVocabulary = new int[sectionCount];
        int[,,] counts = new int[sectionCount, ranked.Length, 4];
        double[] error = new double[sectionCount], cosine = new double[sectionCount];
        List<AnalogyAnswer> answers = [];
        for (int q = 0; q < asked.Count; q++)
        {
            Asked a = asked[q];
            inVocabulary[a.Section]++;
            (double e, double cos) = Parallelogram(batch, a);
            error[a.Section] += e;
            cosine[a.Section] += cos;
            bool expectedIsInput = a.Expected == a.A || a.Expected == a.B || a.Expected == a.C;
            for (int m = 0; m < ranked.Length; m++)
            {
                int allowed = ranked[m].Better[q], excluded = allowed - ranked[m].BetterInputs[q];
                if (!expectedIsInput && excluded == 0) counts[a.Section, m, 0]++;
                if (!expectedIsInput && excluded < k) counts[a.Section, m, 1]++;
                if (allowed == 0) counts[a.Section, m, 2]++;
                if (allowed < k) counts[a.Section, m, 3]++;
                if (!options.KeepAnswers) continue;
                int best = ranked[m].BestRow[q];
                answers.Add(new(questions.Sections[a.Section].Name, a.Question, ranked[m].Method, best < 0 ? "" : rows.KeyOf(best),
                    ranked[m].BestScore[q], expectedIsInput ? 0 : excluded + 1));
            }
        }

        AnalogySectionResult[] sections = new AnalogySectionResult[sectionCount];
        for (int s = 0; s < sectionCount; s++)
        {
            AnalogyFigures[] figures = new AnalogyFigures[ranked.Length];
            for (int m = 0; m < ranked.Length; m++)
                figures[m] = new(ranked[m].Method, inVocabulary[s], counts[s, m, 0], counts[s, m, 1], counts[s, m, 2], counts[s, m, 3]);
            sections[s] = new(questions.Sections[s].Name, questions.Sections[s].Questions.Count, inVocabulary[s], figures)
            {
                ParallelogramError = error[s] / inVocabulary[s],
                OffsetCosine = cosine[s] / inVocabulary[s],
            };
        }
        return new()
        {
            RowsSeen = candidates,
            Dimension = rows.Dimension,
            Metric = (options.Inner ?? InnerProduct.Euclidean).CosineDescription,
            TopK = k,
            Sections = sections,
            Total = Group("total", sections),
            Semantic = Group("semantic", [.. sections.Where((_, s) => !questions.Sections[s].IsSyntactic)]),
            Syntactic = Group("syntactic", [.. sections.Where((_, s) => questions.Sections[s].IsSyntactic)]),
            Answers = answers,
            Elapsed = Stopwatch.GetElapsedTime(started),
        };

        AnalogySectionResult Group(string name, AnalogySectionResult[] members)
        {
            int total = members.Sum(member => member.InVocabulary);
            return new(name, members.Sum(member => member.Questions), total,
                [.. ranked.Select((ranking, m) => AnalogyFigures.Sum(ranking.Method, members.Select(member => member.Figures[m])))])
            {
                ParallelogramError = members.Where(member => member.InVocabulary > 0).Sum(member => member.ParallelogramError * member.InVocabulary) / total,
                OffsetCosine = members.Where(member => member.InVocabulary > 0).Sum(member => member.OffsetCosine * member.InVocabulary) / total,
            };
        }
    }

    private static (double Error, double Cosine) Parallelogram(AnalogyBatch batch, Asked asked)
    {
        ReadOnlySpan<float> a = batch.Query(batch.AddRow(asked.A)), b = batch.Query(batch.AddRow(asked.B));
        ReadOnlySpan<float> c = batch.Query(batch.AddRow(asked.C)), d = batch.Query(batch.AddRow(asked.Expected));
        double first = 0, second = 0, product = 0, gap = 0;
        for (int k = 0; k < a.Length; k++)
        {
            double x = (double)b[k] - a[k], y = (double)d[k] - c[k];
            first += x * x;
            second += y * y;
            product += x * y;
            gap += (x - y) * (x - y);
        }
        double lengths = Math.Sqrt(first) + Math.Sqrt(second);
        double norms = Math.Sqrt(first * second);
        return (lengths == 0 ? 0 : Math.Sqrt(gap) / lengths, norms == 0 ? 0 : product / norms);
    }
}
