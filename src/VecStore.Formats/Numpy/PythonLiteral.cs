using System.Globalization;

namespace VecStore.Formats.Numpy;

/// <summary>The few Python literals that a .npy header holds. Every failure is a FormatException.</summary>
internal sealed class PythonLiteral(string text)
{
    private const int MostAxes = 32;
    private int at;

    public char Peek()
    {
        while (at < text.Length && text[at] is ' ' or '\n' or '\t' or '\r') at++;
        return at < text.Length ? text[at] : '\0';
    }

    public bool TryTake(char wanted)
    {
        if (Peek() != wanted || at == text.Length) return false;
        at++;
        return true;
    }

    public void Expect(char wanted)
    {
        if (!TryTake(wanted)) throw new FormatException($"expected {wanted} at character {at}");
    }

    public void ExpectEnd()
    {
        if (Peek() != '\0' || at < text.Length) throw new FormatException($"unexpected text at character {at}");
    }

    public string String()
    {
        char quote = Peek();
        if (quote is not '\'' and not '"') throw new FormatException($"expected a string at character {at}");
        int end = text.IndexOf(quote, at + 1);
        if (end < 0) throw new FormatException($"the string at character {at} does not end");
        string value = text[(at + 1)..end];
        if (value.Contains('\\', StringComparison.Ordinal)) throw new FormatException($"an escape in the string at character {at}");
        at = end + 1;
        return value;
    }

    public bool Bool()
    {
        Peek();
        foreach ((string word, bool value) in (ReadOnlySpan<(string, bool)>)[("True", true), ("False", false)])
        {
            if (!text.AsSpan(at).StartsWith(word, StringComparison.Ordinal)) continue;
            at += word.Length;
            return value;
        }
        throw new FormatException($"expected True or False at character {at}");
    }

    public long[] Tuple()
    {
        List<long> items = [];
        Expect('(');
        while (!TryTake(')'))
        {
            items.Add(Integer());
            if (items.Count > MostAxes) throw new FormatException($"more than {MostAxes} axes");
            if (!TryTake(',') && Peek() != ')') throw new FormatException($"expected , or ) at character {at}");
        }
        return [.. items];
    }

    private long Integer()
    {
        Peek();
        int start = at;
        while (at < text.Length && (char.IsAsciiDigit(text[at]) || (at == start && text[at] == '-'))) at++;
        if (!long.TryParse(text.AsSpan(start, at - start), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long value))
            throw new FormatException($"expected an integer below 2^63 at character {start}");
        if (at < text.Length && text[at] == 'L') at++; // Python 2 wrote long integers so.
        return value;
    }
}
