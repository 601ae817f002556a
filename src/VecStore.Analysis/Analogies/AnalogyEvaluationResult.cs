namespace VecStore.Analysis;

/// <summary>What to evaluate and how.</summary>
public sealed record AnalogyEvaluationOptions
{
    /// <summary>Only the first rows are candidates and vocabulary; null means all.</summary>
    public int? Restrict { get; init; }

    /// <summary>The inner product whose cosines are meant; null means Euclidean. Rows are mapped by it before they are scaled to length 1.</summary>
    public InnerProduct? Inner { get; init; }

    /// <summary>The methods to score, all in one pass.</summary>
    public IReadOnlyList<AnalogyMethod> Methods { get; init; } = [AnalogyMethod.ThreeCosAdd, AnalogyMethod.ThreeCosMul];

    /// <summary>The k of the top-k figures.</summary>
    public int TopK { get; init; } = 5;

    /// <summary>A word that is no key as written is looked up in lower case.</summary>
    public bool FoldCase { get; init; } = true;

    /// <summary>Threads; the answer is the same for any number. 0 means one per processor.</summary>
    public int Threads { get; init; }

    /// <summary>Keeps the answer to every question, not only the counts.</summary>
    public bool KeepAnswers { get; init; }
}

/// <summary>The figures of one method on one group of questions.</summary>
/// <param name="Method">The method.</param>
/// <param name="Asked">Questions whose four words are all in the vocabulary.</param>
/// <param name="Correct">Best candidate is the expected word, the three inputs left out.</param>
/// <param name="CorrectInTopK">The expected word is among the best k, inputs left out.</param>
/// <param name="CorrectInputsAllowed">Best candidate is the expected word, with the inputs as candidates too.</param>
/// <param name="CorrectInTopKInputsAllowed">The expected word is among the best k, with the inputs as candidates too.</param>
public sealed record AnalogyFigures(AnalogyMethod Method, int Asked, int Correct, int CorrectInTopK, int CorrectInputsAllowed, int CorrectInTopKInputsAllowed)
{
    /// <summary>Correct / Asked, 0 where nothing was asked.</summary>
    public double Accuracy => Asked == 0 ? 0 : (double)Correct / Asked;

    /// <summary>CorrectInTopK / Asked, 0 where nothing was asked.</summary>
    public double AccuracyInTopK => Asked == 0 ? 0 : (double)CorrectInTopK / Asked;

    /// <summary>CorrectInputsAllowed / Asked, 0 where nothing was asked.</summary>
    public double AccuracyInputsAllowed => Asked == 0 ? 0 : (double)CorrectInputsAllowed / Asked;

    internal static AnalogyFigures Sum(AnalogyMethod method, IEnumerable<AnalogyFigures> parts)
    {
        AnalogyFigures sum = new(method, 0, 0, 0, 0, 0);
        foreach (AnalogyFigures part in parts)
        {
            sum = new(method, sum.Asked + part.Asked, sum.Correct + part.Correct, sum.CorrectInTopK + part.CorrectInTopK,
                sum.CorrectInputsAllowed + part.CorrectInputsAllowed, sum.CorrectInTopKInputsAllowed + part.CorrectInTopKInputsAllowed);
        }
        return sum;
    }
}

/// <summary>A section, or a group of sections, with its figures.</summary>
/// <param name="Name">The section's name, or "total", "semantic", "syntactic".</param>
/// <param name="Questions">Questions in the file.</param>
/// <param name="InVocabulary">Of these, questions whose four words are all in the vocabulary; only they are asked.</param>
/// <param name="Figures">One per method, in the order of the options.</param>
public sealed record AnalogySectionResult(string Name, int Questions, int InVocabulary, IReadOnlyList<AnalogyFigures> Figures)
{
    /// <summary>
    /// Mean over the asked questions of the parallelogram error |(b - a) - (d - c)| / (|b - a| + |d - c|) at unit rows: 0 for a perfect
    /// parallelogram, at most 1; about 0.71 for two perpendicular differences of equal length. NaN where nothing was asked.
    /// </summary>
    public required double ParallelogramError { get; init; }

    /// <summary>Mean cosine of b - a with d - c at unit rows. NaN where nothing was asked.</summary>
    public required double OffsetCosine { get; init; }

    /// <summary>The figures of one method.</summary>
    public AnalogyFigures this[AnalogyMethod method] => Figures.First(figures => figures.Method == method);
}

/// <summary>The answer to one question by one method.</summary>
/// <param name="Section">Name of the section.</param>
/// <param name="Question">The question, as written.</param>
/// <param name="Method">The method.</param>
/// <param name="Answer">The best candidate's key, inputs left out.</param>
/// <param name="Score">Its score.</param>
/// <param name="RankOfExpected">Place of the expected word, from 1, inputs left out; 0 when it is itself one of the inputs.</param>
public sealed record AnalogyAnswer(string Section, AnalogyQuestion Question, AnalogyMethod Method, string Answer, float Score, int RankOfExpected);

/// <summary>What an evaluation found. Exact: every candidate was scored against every question.</summary>
public sealed record AnalogyEvaluationResult : IAnalysisResult
{
    /// <summary>Candidate rows.</summary>
    public required int RowsSeen { get; init; }

    /// <summary>Elements per row.</summary>
    public required int Dimension { get; init; }

    /// <summary>The inner product whose cosines were meant, in words.</summary>
    public required string Metric { get; init; }

    /// <summary>The k of the top-k figures.</summary>
    public required int TopK { get; init; }

    /// <summary>One per section of the file.</summary>
    public required IReadOnlyList<AnalogySectionResult> Sections { get; init; }

    /// <summary>All questions together (every question counts the same).</summary>
    public required AnalogySectionResult Total { get; init; }

    /// <summary>The sections whose name does not begin with "gram".</summary>
    public required AnalogySectionResult Semantic { get; init; }

    /// <summary>The sections whose name begins with "gram".</summary>
    public required AnalogySectionResult Syntactic { get; init; }

    /// <summary>The answers, question by question, when they were asked for; otherwise empty.</summary>
    public required IReadOnlyList<AnalogyAnswer> Answers { get; init; }

    /// <summary>Time from the first row read to the last figure.</summary>
    public required TimeSpan Elapsed { get; init; }

    string IAnalysisResult.Title => "analogies";

    IReadOnlyList<ResultFact> IAnalysisResult.Facts
    {
        get
        {
            ResultColumn[] columns = Columns();
            ResultFact Object(string name, AnalogySectionResult group)
                => new(name, columns.Zip(Cells(group), (column, value) => new ResultFact(column.Name, value, column.Unit)).ToArray());
            return
            [
                new("rows_seen", RowsSeen), new("dimension", Dimension), new("metric", Metric), new("exact", true), new("top_k", TopK),
                new("methods", Total.Figures.Select(figures => figures.Method.ShortName()).ToArray()), new("seconds", Elapsed.TotalSeconds),
                Object("overall", Total), Object("semantic", Semantic), Object("syntactic", Syntactic),
            ];
        }
    }

    IReadOnlyList<ResultTable> IAnalysisResult.Tables
    {
        get
        {
            ResultTable sections = new("sections", Columns());
            foreach (AnalogySectionResult section in Sections) sections.Add(Cells(section));
            if (Answers.Count == 0) return [sections];
            ResultTable answers = new("answers", new("section", typeof(string)), new("a", typeof(string)), new("b", typeof(string)), new("c", typeof(string)),
                new("expected", typeof(string)), new("method", typeof(string)), new("answer", typeof(string)), new("score", typeof(float)), new("rank_of_expected", typeof(int)));
            foreach (AnalogyAnswer one in Answers)
            {
                answers.Add(one.Section, one.Question.A, one.Question.B, one.Question.C, one.Question.Expected, one.Method.ShortName(), one.Answer, one.Score,
                    one.RankOfExpected == 0 ? null : one.RankOfExpected);
            }
            return [sections, answers];
        }
    }

    // The names of the reference figures that gensim's users know.
    private ResultColumn[] Columns() =>
    [
        new("section", typeof(string)), new("total", typeof(int)), new("in_vocab", typeof(int)),
        .. Total.Figures.Select(figures => figures.Method.ShortName()).SelectMany(method => new ResultColumn[]
        {
            new($"correct_{method}", typeof(int)), new($"acc_{method}", typeof(double)), new($"top{TopK}_{method}", typeof(int)), new($"acc_top{TopK}_{method}", typeof(double)),
            new($"correct_{method}_inputs_allowed", typeof(int)), new($"acc_{method}_inputs_allowed", typeof(double)),
        }),
        new("parallelogram_error", typeof(double)), new("offset_cosine", typeof(double)),
    ];

    private static object?[] Cells(AnalogySectionResult section) =>
    [
        section.Name, section.Questions, section.InVocabulary,
        .. section.Figures.SelectMany(figures => new object?[]
        {
            figures.Correct, figures.Accuracy, figures.CorrectInTopK, figures.AccuracyInTopK, figures.CorrectInputsAllowed, figures.AccuracyInputsAllowed,
        }),
        section.ParallelogramError, section.OffsetCosine,
    ];
}
