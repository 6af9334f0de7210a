using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Unicode;

namespace MicroCreds.Ledger.Gateway.Pages;

/// <summary>
/// HTML, written as an interpolated string: what stands in it is HTML, what is put into it is text and is escaped,
/// unless it is HTML itself. So a stranger's text cannot become markup by being forgotten.
/// </summary>
[InterpolatedStringHandler]
public readonly struct Html
{
    private static readonly HtmlEncoder Encoder = HtmlEncoder.Create(UnicodeRanges.All);

    private readonly StringBuilder? _text;

    /// <summary>Begins some HTML; the compiler calls this.</summary>
    public Html(int literalLength, int formattedCount) => _text = new StringBuilder(literalLength);

    /// <summary>No HTML.</summary>
    public static Html None => default;

    /// <summary>Whether nothing stands in it.</summary>
    public bool IsEmpty => _text is not { Length: > 0 };

    /// <summary>Joins pieces of HTML.</summary>
    public static Html Join(IEnumerable<Html> pieces)
    {
        var all = new Html(0, 0);
        foreach (var piece in pieces)
            all.AppendFormatted(piece);
        return all;
    }

    public void AppendLiteral(string markup) => _text!.Append(markup);

    public void AppendFormatted(string? text)
    {
        if (text is not null) _text!.Append(Encoder.Encode(text));
    }

    public void AppendFormatted(int number) => _text!.Append(number.ToString(CultureInfo.InvariantCulture));

    public void AppendFormatted(Html html) => _text!.Append(html._text);

    public void AppendFormatted(IEnumerable<Html> pieces) => AppendFormatted(Join(pieces));

    public override string ToString() => _text?.ToString() ?? "";
}
