namespace VecStore.Analysis;

/// <summary>One question: <paramref name="A"/> is to <paramref name="B"/> as <paramref name="C"/> is to <paramref name="Expected"/>.</summary>
public readonly record struct AnalogyQuestion(string A, string B, string C, string Expected);

/// <summary>A named group of questions.</summary>
/// <param name="Name">What stands after the colon in the file.</param>
/// <param name="Questions">Its questions, in the order of the file.</param>
public sealed record AnalogySection(string Name, IReadOnlyList<AnalogyQuestion> Questions)
{
    /// <summary>Grammatical, by the convention of word2vec's file: the name begins with "gram".</summary>
    public bool IsSyntactic => Name.StartsWith("gram", StringComparison.Ordinal);
}

/// <summary>
/// Analogy questions in word2vec's format: lines of four words, in sections opened by a line <c>: name</c>. Empty lines and lines that begin
/// with <c>//</c> are passed over; any other line is refused, with its number.
/// </summary>
public sealed class AnalogyQuestionFile
{
    private AnalogyQuestionFile(IReadOnlyList<AnalogySection> sections) => Sections = sections;

    /// <summary>The sections, in the order of the file.</summary>
    public IReadOnlyList<AnalogySection> Sections { get; }

    /// <summary>Number of questions in all sections.</summary>
    public int QuestionCount => Sections.Sum(section => section.Questions.Count);

    /// <summary>Reads a file.</summary>
    /// <exception cref="InvalidDataException">A line is neither a section nor a question of four words.</exception>
    public static AnalogyQuestionFile Read(string path)
    {
        using StreamReader reader = new(path);
        return Read(reader, path);
    }

    /// <summary>Reads questions from a reader; <paramref name="name"/> is what errors call it.</summary>
    /// <exception cref="InvalidDataException">A line is neither a section nor a question of four words.</exception>
    public static AnalogyQuestionFile Read(TextReader reader, string name)
    {
        List<AnalogySection> sections = [];
        List<AnalogyQuestion>? questions = null;
        int lineNumber = 0;
        while (reader.ReadLine() is { } text)
        {
            lineNumber++;
            ReadOnlySpan<char> line = text.AsSpan().Trim();
            if (line.IsEmpty || line.StartsWith("//")) continue;
            if (line[0] == ':')
            {
                questions = [];
                sections.Add(new(line[1..].Trim().ToString(), questions));
                continue;
            }
            string[] words = text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            if (words.Length != 4)
                throw new InvalidDataException($"{name}, line {lineNumber}: a question has four words, this line has {words.Length}.");
            if (questions is null) sections.Add(new("", questions = []));
            questions.Add(new(words[0], words[1], words[2], words[3]));
        }
        return new(sections);
    }
}
