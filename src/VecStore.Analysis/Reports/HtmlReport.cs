using System.Globalization;
using System.Net;
using System.Text;

namespace VecStore.Analysis;

/// <summary>
/// Results, pictures and words as one HTML document that needs nothing beside it: styles and pictures inside, no script from elsewhere. It reads on a screen, light or dark, and on
/// paper; every table has a button that copies it as tab-separated text.
/// </summary>
public sealed class HtmlReport
{
    private const int MostRows = 40;
    private readonly StringBuilder body = new();
    private readonly List<string> sections = [];
    private readonly string title;
    private int pictures;

    /// <summary>An empty report.</summary>
    /// <param name="title">What it is about.</param>
    public HtmlReport(string title) => this.title = title;

    /// <summary>Begins a section.</summary>
    public HtmlReport Section(string heading)
    {
        sections.Add(heading);
        body.Append(CultureInfo.InvariantCulture, $"<h2 id=\"s{sections.Count}\">{Escape(heading)}</h2>\n");
        return this;
    }

    /// <summary>A paragraph.</summary>
    public HtmlReport Text(string paragraph)
    {
        body.Append(CultureInfo.InvariantCulture, $"<p>{Escape(paragraph)}</p>\n");
        return this;
    }

    /// <summary>A picture.</summary>
    public HtmlReport Picture(Plot plot)
    {
        // Names inside a picture must not meet those of another one in the same document.
        string svg = plot.ToSvg(), prefix = string.Create(CultureInfo.InvariantCulture, $"p{++pictures}-");
        int start = svg.IndexOf("<svg", StringComparison.Ordinal);
        body.Append(CultureInfo.InvariantCulture, $"<figure>{svg[start..].Replace("id=\"", $"id=\"{prefix}", StringComparison.Ordinal).Replace("url(#", $"url(#{prefix}", StringComparison.Ordinal)}</figure>\n");
        return this;
    }

    /// <summary>A result: its facts in two columns, then its tables.</summary>
    /// <param name="result">The result.</param>
    /// <param name="tables">Which of its tables; null for all.</param>
    public HtmlReport Result(IAnalysisResult result, params string[]? tables)
    {
        Facts(result.FactLines());
        foreach (ResultTable table in result.Tables)
            if (tables is null || tables.Length == 0 || tables.Contains(table.Name)) Table(table);
        return this;
    }

    /// <summary>Names and values.</summary>
    public HtmlReport Facts(IEnumerable<(string Name, string Value)> facts)
    {
        body.Append("<dl>\n");
        foreach ((string name, string value) in facts)
            if (value is not ("-" or "")) body.Append(CultureInfo.InvariantCulture, $"<div><dt>{Escape(name.Replace('_', ' '))}</dt><dd>{Escape(value)}</dd></div>\n");
        body.Append("</dl>\n");
        return this;
    }

    /// <summary>A table; rows beyond forty are left out, and said to be.</summary>
    public HtmlReport Table(ResultTable table)
    {
        if (table.Count == 0) return this;
        body.Append(CultureInfo.InvariantCulture, $"<section class=\"table\"><div class=\"caption\"><h3>{Escape(table.Name.Replace('_', ' '))}</h3><button type=\"button\" class=\"copy\">Copy</button></div>\n<table><thead><tr>");
        foreach (ResultColumn column in table.Columns)
            body.Append(CultureInfo.InvariantCulture, $"<th{Right(column)}>{Escape(column.Name.Replace('_', ' '))}{(column.Unit is null ? "" : $" [{Escape(column.Unit)}]")}</th>");
        body.Append("</tr></thead><tbody>\n");
        for (int row = 0; row < Math.Min(table.Count, MostRows); row++)
        {
            body.Append("<tr>");
            for (int c = 0; c < table.Columns.Count; c++) body.Append(CultureInfo.InvariantCulture, $"<td{Right(table.Columns[c])}>{Escape(AnalysisResults.Text(table[row, c]))}</td>");
            body.Append("</tr>\n");
        }
        body.Append("</tbody></table>");
        if (table.Count > MostRows) body.Append(CultureInfo.InvariantCulture, $"<p class=\"note\">{table.Count - MostRows:N0} more rows are left out.</p>");
        body.Append("</section>\n");
        return this;
    }

    /// <summary>The whole document.</summary>
    public string ToHtml()
    {
        StringBuilder html = new();
        html.Append("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
        html.Append(CultureInfo.InvariantCulture, $"<title>{Escape(title)}</title>\n<style>\n{Style}</style>\n</head>\n<body>\n<h1>{Escape(title)}</h1>\n<nav>");
        for (int s = 0; s < sections.Count; s++) html.Append(CultureInfo.InvariantCulture, $"<a href=\"#s{s + 1}\">{Escape(sections[s])}</a> ");
        html.Append("</nav>\n").Append(body).Append(CultureInfo.InvariantCulture, $"<script>\n{Script}</script>\n</body>\n</html>\n");
        return html.ToString();
    }

    private static string Right(ResultColumn column) => ResultValue.IsNumber(column.Type) ? " class=\"number\"" : "";

    private static string Escape(string text) => WebUtility.HtmlEncode(text);

    private const string Style = """
        :root { --ground: #fff; --text: #1c2430; --quiet: #5a6575; --line: #d5dae1; --panel: #f6f7f9; --accent: #0b63ce; color-scheme: light dark; }
        @media (prefers-color-scheme: dark) { :root { --ground: #12161c; --text: #e6eaf0; --quiet: #9aa6b5; --line: #323b48; --panel: #1a2029; --accent: #7ab7ff; } }
        body { font: 15px/1.5 system-ui, "Segoe UI", "DejaVu Sans", sans-serif; color: var(--text); background: var(--ground); max-width: 860px; margin: 0 auto; padding: 24px 20px 60px; }
        h1 { font-size: 26px; line-height: 1.2; margin: 0 0 8px; overflow-wrap: anywhere; }
        h2 { font-size: 19px; margin: 36px 0 8px; padding-top: 10px; border-top: 1px solid var(--line); }
        h3 { font-size: 14px; margin: 0; }
        nav { display: flex; flex-wrap: wrap; gap: 4px 14px; font-size: 13px; }
        a { color: var(--accent); }
        p { margin: 6px 0; max-width: 70ch; }
        .note { color: var(--quiet); font-size: 12px; }
        figure { margin: 12px 0; }
        figure svg { max-width: 100%; height: auto; display: block; }
        dl { display: grid; grid-template-columns: repeat(auto-fill, minmax(300px, 1fr)); gap: 2px 24px; margin: 8px 0; font-size: 13px; }
        dl div { display: flex; justify-content: space-between; gap: 12px; border-bottom: 1px dotted var(--line); }
        dt { color: var(--quiet); }
        dt { flex: none; max-width: 65%; }
        dd { margin: 0; text-align: right; overflow-wrap: break-word; min-width: 0; font-variant-numeric: tabular-nums; }
        .table { margin: 14px 0; overflow-x: auto; }
        .caption { display: flex; gap: 12px; align-items: center; margin-bottom: 2px; }
        .copy { font: inherit; font-size: 12px; border: 1px solid var(--line); border-radius: 4px; background: var(--panel); color: inherit; padding: 0 8px; cursor: pointer; }
        table { border-collapse: collapse; font-size: 13px; }
        th, td { text-align: left; padding: 2px 14px 2px 0; border-bottom: 1px solid var(--line); vertical-align: top; overflow-wrap: anywhere; }
        th { font-weight: 600; color: var(--quiet); }
        .number { text-align: right; font-variant-numeric: tabular-nums; }
        @media print { body { max-width: none; padding: 0; font-size: 11px; color: #000; background: #fff; } .copy, nav { display: none; } h2 { break-after: avoid; } figure, tr { break-inside: avoid; } }

        """;

    private const string Script = """
        document.addEventListener('click', (event) => {
          const button = event.target.closest('.copy');
          if (!button) return;
          const rows = [...button.closest('.table').querySelectorAll('tr')].map((row) => [...row.cells].map((cell) => cell.textContent).join('\t'));
          const text = document.createElement('textarea');
          text.value = rows.join('\n');
          document.body.append(text);
          text.select();
          document.execCommand('copy');
          text.remove();
          button.textContent = 'Copied';
          setTimeout(() => { button.textContent = 'Copy'; }, 1500);
        });

        """;
}
