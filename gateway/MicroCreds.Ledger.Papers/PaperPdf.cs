using System.Text.RegularExpressions;
using MicroCreds.Ledger.Papers.Pdf;

namespace MicroCreds.Ledger.Papers;

/// <summary>
/// A credential's paper as a PDF/A-3 of level A (ISO 19005-3): tagged, its text selectable, its fonts within, with the
/// credential's file attached as the source of what it says.
/// </summary>
public static partial class PaperPdf
{
    private const int MaxTextLength = 8_000;
    private const int MaxFacts = 100;
    private const int MaxCodes = 2;

    /// <summary>The most bytes of the file within.</summary>
    public const int MaxFileBytes = 8 * 1024 * 1024;

    /// <summary>
    /// Writes a paper: one A4 page, or more where the facts are long. The same paper is the same bytes. Can be called
    /// from several threads.
    /// </summary>
    /// <exception cref="PaperException">A text is too long, a picture none that is drawn, or a code's text too long.
    /// </exception>
    public static byte[] Write(Paper paper)
    {
        ArgumentNullException.ThrowIfNull(paper);
        Check(paper);
        var document = new PdfDocument();
        new PaperLayout(document, paper).Place();
        return document.Write(paper);
    }

    /// <summary>
    /// The characters that the paper's fonts lack, each once; the name's among them are what matters most.
    /// </summary>
    public static string LettersLacking(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return string.Concat(PdfText.Plain(text).EnumerateRunes()
            .Where(character => !Fonts.Typeface.Sans.Has(character)).Distinct());
    }

    private static void Check(Paper paper)
    {
        if (!LanguageTag().IsMatch(paper.Language))
            throw new PaperException($"\"{paper.Language}\" is no language tag, such as de or pt-PT.");
        if (paper.Facts.Count > MaxFacts) throw new PaperException($"A paper has at most {MaxFacts} facts.");
        if (paper.Codes.Count > MaxCodes) throw new PaperException($"A paper has at most {MaxCodes} codes.");
        if (paper.File.Content.Length > MaxFileBytes)
            throw new PaperException($"The file within a paper has at most {MaxFileBytes} bytes.");
        if (paper.File.Name.Length == 0) throw new PaperException("The file within a paper has a name.");
        IEnumerable<string> texts =
        [
            paper.Title, paper.LearnerName, paper.IssuerName, paper.Award, paper.Foot, paper.Kind,
            .. paper.Facts.Select(fact => fact.Heading), .. paper.Facts.Select(fact => fact.Value),
        ];
        if (texts.Any(text => text.Length > MaxTextLength))
            throw new PaperException($"A text on a paper has at most {MaxTextLength} characters.");
    }

    [GeneratedRegex(@"^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*\z", RegexOptions.CultureInvariant)]
    private static partial Regex LanguageTag();
}
