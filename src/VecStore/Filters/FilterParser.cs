using System.Globalization;
using System.Text;

namespace VecStore;

/// <summary>
/// The text form of filters, by recursive descent:
/// <code>
/// or    := and ("or" and)*            and  := not ("and" not)*          not := "not" not | primary
/// primary := "(" or ")" | field test  field := name | `any name`
/// test  := op value | "in" "(" value ("," value)* ")" | "contains" string | "starts" "with" string | "exists" | "missing"
/// op    := "=" | "==" | "!=" | "&lt;&gt;" | "&lt;" | "&lt;=" | "&gt;" | "&gt;="     value := integer | number | true | false | "string" | 'string'
/// </code>
/// </summary>
internal ref struct FilterParser
{
    private const int MaxDepth = 201; // the parentheses of a single condition are one more than its filter's depth
    private static readonly string[] Reserved = ["and", "or", "not", "in", "contains", "starts", "with", "exists", "missing", "true", "false"];
    private readonly string _text;
    private int _position;
    private int _depth;

    private FilterParser(string text) => _text = text;

    public static bool IsReserved(string word) => Reserved.Contains(word, StringComparer.OrdinalIgnoreCase);

    public static Filter Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var parser = new FilterParser(text);
        Filter filter = parser.Or();
        parser.SkipSpace();
        if (parser._position < text.Length) throw parser.Expected("\"and\", \"or\" or the end of the filter");
        return filter;
    }

    private Filter Or()
    {
        Filter left = And();
        while (TryWord("or")) left |= And();
        return left;
    }

    private Filter And()
    {
        Filter left = Not();
        while (TryWord("and")) left &= Not();
        return left;
    }

    private Filter Not()
    {
        if (++_depth > MaxDepth) throw Expected($"at most {MaxDepth} levels of nesting");
        Filter result = TryWord("not") ? !Not() : Primary();
        _depth--;
        return result;
    }

    private Filter Primary()
    {
        if (TrySymbol("("))
        {
            Filter inner = Or();
            if (!TrySymbol(")")) throw Expected("\")\"");
            return inner;
        }

        var field = new FieldReference(Name());
        if (TrySymbol("==") || TrySymbol("=")) return field == Value();
        if (TrySymbol("!=") || TrySymbol("<>")) return field != Value();
        if (TrySymbol("<=")) return field <= Value();
        if (TrySymbol(">=")) return field >= Value();
        if (TrySymbol("<")) return field < Value();
        if (TrySymbol(">")) return field > Value();
        if (TryWord("contains")) return field.Contains(Text());
        if (TryWord("exists")) return field.Exists();
        if (TryWord("missing")) return !field.Exists();
        if (TryWord("starts"))
        {
            if (!TryWord("with")) throw Expected("\"with\"");
            return field.StartsWith(Text());
        }

        if (!TryWord("in")) throw Expected("=, !=, <, <=, >, >=, in, contains, starts with, exists or missing");
        return In(field);
    }

    private Filter In(FieldReference field)
    {
        if (!TrySymbol("(")) throw Expected("\"(\" and a list of values");
        var values = new List<FieldValue>();
        do values.Add(Value());
        while (TrySymbol(","));
        if (!TrySymbol(")")) throw Expected("\",\" or \")\"");
        return field.In(values.ToArray());
    }

    private string Name()
    {
        SkipSpace();
        if (_position < _text.Length && _text[_position] == '`')
        {
            int end = _text.IndexOf('`', _position + 1);
            if (end <= _position + 1) throw Expected("a field name between ` and `");
            string quoted = _text[(_position + 1)..end];
            _position = end + 1;
            return quoted;
        }

        int start = _position;
        while (_position < _text.Length && (char.IsAsciiLetterOrDigit(_text[_position]) || _text[_position] is '_' or '.' or '-')) _position++;
        string name = _text[start.._position];
        if (name.Length > 0 && !char.IsAsciiDigit(name[0]) && name[0] is not ('.' or '-') && !IsReserved(name)) return name;
        _position = start;
        throw Expected("a field name");
    }

    private FieldValue Value()
    {
        SkipSpace();
        if (_position < _text.Length && _text[_position] is '"' or '\'') return Text();
        if (TryWord("true")) return true;
        if (TryWord("false")) return false;
        int start = _position;
        while (_position < _text.Length && (char.IsAsciiLetterOrDigit(_text[_position]) || _text[_position] is '+' or '-' or '.')) _position++;
        ReadOnlySpan<char> token = _text.AsSpan(start, _position - start);
        if (long.TryParse(token, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long integer)) return integer;
        if (double.TryParse(token, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && double.IsFinite(number)) return number;
        _position = start;
        throw Expected("a number, true, false or a string in quotes");
    }

    private string Text()
    {
        SkipSpace();
        if (_position >= _text.Length || _text[_position] is not ('"' or '\'')) throw Expected("a string in quotes");
        int opening = _position;
        char quote = _text[_position++];
        var value = new StringBuilder();
        while (_position < _text.Length && _text[_position] != quote)
        {
            if (_text[_position] == '\\' && _position + 1 < _text.Length) _position++;
            value.Append(_text[_position++]);
        }

        if (_position >= _text.Length)
        {
            _position = opening;
            throw Expected("a string with a closing quote");
        }

        _position++;
        return value.ToString();
    }

    private bool TrySymbol(string symbol)
    {
        SkipSpace();
        if (!_text.AsSpan(_position).StartsWith(symbol, StringComparison.Ordinal)) return false;
        _position += symbol.Length;
        return true;
    }

    private bool TryWord(string word)
    {
        SkipSpace();
        if (!_text.AsSpan(_position).StartsWith(word, StringComparison.OrdinalIgnoreCase)) return false;
        int end = _position + word.Length;
        if (end < _text.Length && (char.IsAsciiLetterOrDigit(_text[end]) || _text[end] is '_' or '.' or '-')) return false;
        _position = end;
        return true;
    }

    private void SkipSpace()
    {
        while (_position < _text.Length && char.IsWhiteSpace(_text[_position])) _position++;
    }

    private readonly FormatException Expected(string what)
    {
        string found = _position >= _text.Length ? "the end" : $"\"{_text[_position..Math.Min(_text.Length, _position + 12)]}\"";
        return new FormatException($"filter, character {_position + 1}: expected {what}, found {found}");
    }
}
