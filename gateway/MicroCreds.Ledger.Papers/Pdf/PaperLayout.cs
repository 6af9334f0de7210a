using MicroCreds.Ledger.Papers.Fonts;
using MicroCreds.Ledger.Papers.Pictures;

namespace MicroCreds.Ledger.Papers.Pdf;

/// <summary>Places a paper's texts and pictures on pages, from the top down.</summary>
/// <param name="document">The document.</param>
/// <param name="paper">What is placed.</param>
internal sealed class PaperLayout(PdfDocument document, Paper paper)
{
    private const double Left = 62;
    private const double ContentWidth = PdfDocument.Width - (2 * Left);
    private const double Top = 48;
    private const double Bottom = 48;
    private const double BandHeight = 9;
    private const double BadgeSize = 126;
    private const double MarkWidth = 190;
    private const double MarkHeight = 50;
    private const double HeadingWidth = 132;
    private const double CodeGap = 24;
    private const double CaptionGap = 9;
    private const double RowPadding = 5.5;
    private const int PixelsPerPicture = 520;
    private const int Ink = 0x1c2430;
    private const int Grey = 0x59636f;
    private const int Hairline = 0xd5dae0;

    private readonly int _colour = PaperColour.Parse(paper.Colour);
    private readonly bool _isLacking = PaperPdf.LettersLacking(string.Concat(
        [
            paper.Kind, paper.Title, paper.LearnerHeading, paper.LearnerName, paper.IssuerName, paper.Award, paper.Foot,
            .. paper.Facts.Select(fact => fact.Heading + fact.Value), .. paper.Codes.Select(code => code.Caption),
        ])).Length > 0;

    private PdfPage _page = null!;

    // How far down the page is full, in points from its top.
    private double _y;

    /// <summary>Places everything.</summary>
    public void Place()
    {
        StartPage();
        PlaceHead();
        PlaceFacts();
        PlaceFoot();
        NumberPages();
    }

    private void StartPage()
    {
        _page = document.AddPage();
        _page.Decorate(() => _page.Rectangle(
            _colour, 0, PdfDocument.Height - BandHeight, PdfDocument.Width, BandHeight));
        _y = Top;
    }

    private void PlaceHead()
    {
        double begin = _y;
        PlaceMark();
        double width = ContentWidth;
        if (paper.Badge is { } badge)
        {
            PlacePicture(badge, paper.Title, Left + ContentWidth - BadgeSize, begin - 8, BadgeSize, BadgeSize);
            width -= BadgeSize + 22;
        }

        _y = begin + MarkHeight + 26;
        Paragraph("P", document.SansBold, 10.5, _colour, paper.Kind, width, spacing: 0.5);
        _y += 7;
        Fitting("H1", document.SerifBold, 28, 17, _colour, paper.Title, width, mostLines: 4);
        if (paper.Badge is not null) _y = Math.Max(_y, begin + BadgeSize);
        _y += 18;
        Paragraph("P", document.Sans, 10.5, Grey, paper.LearnerHeading, ContentWidth);
        _y += 3;
        Fitting("P", document.SansBold, 23, 13, Ink, paper.LearnerName, ContentWidth, mostLines: 3);
        _y += 5;
        Paragraph("P", document.Sans, 11.5, Ink, paper.Award, ContentWidth);
        _y += 16;
        _page.Decorate(() => _page.Rectangle(_colour, Left, FromBottom(_y), 54, 2.6));
        _y += 10;
    }

    private void PlaceMark()
    {
        if (paper.Mark is { } mark)
        {
            PlacePicture(mark, paper.IssuerName, Left, _y, MarkWidth, MarkHeight, toTheLeft: true);
            return;
        }

        double width = ContentWidth - (paper.Badge is null ? 0 : BadgeSize + 22);
        _y += 6;
        Fitting("P", document.SansBold, 15, 10, Ink, paper.IssuerName, width, mostLines: 2);
    }

    private void PlaceFacts()
    {
        if (paper.Facts.Count == 0) return;
        var table = document.Root.Add(new StructureElement("Table"));
        double valueWidth = ContentWidth - HeadingWidth - 12;
        bool isFirst = true;
        foreach (var fact in paper.Facts)
        {
            string[] headings = [.. Lines(document.SansBold.Typeface, fact.Heading, 9.5, HeadingWidth)];
            string[] values = [.. Lines(document.Sans.Typeface, fact.Value, 10, valueWidth)];
            int count = Math.Max(headings.Length, values.Length);
            if (!Fits(RowPadding + (14 * Math.Min(count, 4)))) StartPage();
            else if (!isFirst) Separate();
            isFirst = false;
            _y += RowPadding;
            var row = table.Add(new StructureElement("TR"));
            var heading = row.Add(new StructureElement("TH", attributes: "/O /Table /Scope /Row"));
            var value = row.Add(new StructureElement("TD"));
            double headingY = _y;
            if (headings.Length > 0)
            {
                _page.Draw(heading, "TH", () => SetLines(
                    document.SansBold, 9.5, Grey, headings, Left, headingY, 14));
            }

            PlaceValue(value, values, headings.Length);
        }
    }

    /// <summary>Sets a value's lines, on as many pages as they need.</summary>
    private void PlaceValue(StructureElement value, string[] lines, int headingLines)
    {
        int set = 0;
        bool isFirstPage = true;
        do
        {
            int room = Math.Max(1, (int)((PdfDocument.Height - Bottom - _y) / 14));
            string[] here = lines[set..Math.Min(lines.Length, set + room)];
            double y = _y;
            _page.Draw(value, "TD", () => SetLines(
                document.Sans, 10, Ink, here, Left + HeadingWidth + 12, y, 14));
            set += here.Length;
            _y += 14 * Math.Max(here.Length, isFirstPage ? headingLines : 0);
            isFirstPage = false;
            if (set < lines.Length) StartPage();
        }
        while (set < lines.Length);
        _y += RowPadding;
    }

    private void Separate() => _page.Decorate(() => _page.Rectangle(
        Hairline, Left, FromBottom(_y), ContentWidth, 0.6));

    private void PlaceFoot()
    {
        QrDrawing[] codes = [.. paper.Codes.Select(code => QrDrawing.Of(code.Text))];
        double codesWidth = codes.Sum(code => code.Side + CodeGap);
        double textWidth = ContentWidth - codesWidth;
        string[] foot = [.. Lines(document.Sans.Typeface, paper.Foot, 9.5, textWidth)];
        string[] note = _isLacking
            ? [.. Lines(document.Sans.Typeface, paper.LettersLackingNote, 9, textWidth)]
            : [];
        string[][] captions = [.. paper.Codes.Select((code, i) =>
            Lines(document.Sans.Typeface, code.Caption, 8, codes[i].Side).ToArray())];
        double codesHeight = codes.Select((code, i) => code.Side + CaptionGap + (10.5 * captions[i].Length))
            .DefaultIfEmpty(0).Max();
        double height = 16 + Math.Max(codesHeight, (13 * (foot.Length + note.Length)) + (note.Length > 0 ? 8 : 0));
        if (!Fits(height + 14)) StartPage();
        _y = PdfDocument.Height - Bottom - height;
        Separate();
        _y += 16;
        double x = Left;
        for (int i = 0; i < codes.Length; i++)
        {
            PlaceCode(codes[i], paper.Codes[i].Caption, captions[i], x);
            x += codes[i].Side + CodeGap;
        }

        PlaceLines("P", document.Sans, 9.5, Ink, foot, x, _y + 2, 13);
        PlaceLines("P", document.Sans, 9, Grey, note, x, _y + 10 + (13 * foot.Length), 13);
    }

    private void PlaceCode(QrDrawing code, string alternative, string[] caption, double x)
    {
        double bottom = FromBottom(_y + code.Side);
        var figure = document.Root.Add(
            new StructureElement("Figure", PdfText.Plain(alternative), Box(x, bottom, code.Side, code.Side)));
        _page.Draw(figure, "Figure", () => _page.Rectangles(Ink, code.Rectangles(x, bottom)));
        PlaceLines("P", document.Sans, 8, Grey, caption, x, _y + code.Side + CaptionGap, 10.5);
    }

    private void PlacePicture(
        byte[] file, string alternative, double x, double y, double width, double height, bool toTheLeft = false)
    {
        using var picture = PictureFile.Draw(file, PixelsPerPicture);
        double scale = Math.Min(width / picture.Width, height / picture.Height);
        var (shownWidth, shownHeight) = (picture.Width * scale, picture.Height * scale);
        double left = toTheLeft ? x : x + ((width - shownWidth) / 2);
        double bottom = FromBottom(y + ((height + shownHeight) / 2));
        string resource = document.AddImage(picture);
        var figure = document.Root.Add(
            new StructureElement("Figure", PdfText.Plain(alternative), Box(left, bottom, shownWidth, shownHeight)));
        _page.Draw(figure, "Figure", () => _page.Image(resource, left, bottom, shownWidth, shownHeight));
    }

    /// <summary>Sets a text in the largest size, down to a smallest, in which it has few enough lines.</summary>
    private void Fitting(
        string type, PdfFont font, double largest, double smallest, int colour, string text, double width,
        int mostLines)
    {
        double size = largest;
        while (size > smallest && !IsFitting(size)) size -= 1;
        Paragraph(type, font, size, colour, text, width);

        bool IsFitting(double at)
        {
            string plain = PdfText.Plain(text);
            var lines = TextLines.Break(font.Typeface, plain, at, width);
            return lines.Count <= mostLines && TextLines.AreWholeWords(lines, plain);
        }
    }

    private void Paragraph(
        string type, PdfFont font, double size, int colour, string text, double width, double spacing = 0)
    {
        double leading = Math.Round(size * 1.28, 1);
        string[] lines = [.. Lines(font.Typeface, text, size, width)];
        while (lines.Length > 0)
        {
            int room = Math.Max(1, (int)((PdfDocument.Height - Bottom - _y) / leading));
            string[] here = lines[..Math.Min(room, lines.Length)];
            PlaceLines(type, font, size, colour, here, Left, _y, leading, spacing);
            _y += leading * here.Length;
            lines = lines[here.Length..];
            if (lines.Length > 0) StartPage();
        }
    }

    private void PlaceLines(
        string type, PdfFont font, double size, int colour, string[] lines, double x, double y, double leading,
        double spacing = 0)
    {
        if (lines.Length == 0) return;
        var element = document.Root.Add(new StructureElement(type));
        _page.Draw(element, type, () => SetLines(font, size, colour, lines, x, y, leading, spacing));
    }

    private void SetLines(
        PdfFont font, double size, int colour, string[] lines, double x, double y, double leading, double spacing = 0)
    {
        for (int i = 0; i < lines.Length; i++)
            _page.Text(font, size, colour, x, FromBottom(y + size + (leading * i)), lines[i], spacing);
    }

    private void NumberPages()
    {
        if (document.Pages.Count == 1) return;
        foreach (var page in document.Pages)
        {
            string text = $"{page.Index + 1} / {document.Pages.Count}";
            double width = document.Sans.Typeface.Width(text, 8);
            page.Decorate(() => page.Text(document.Sans, 8, Grey, Left + ContentWidth - width, 26, text));
        }
    }

    private static IEnumerable<string> Lines(Typeface typeface, string text, double size, double width) =>
        // A space at each end of a line keeps the words apart for who copies or hears them.
        text.ReplaceLineEndings("\n").Trim().Replace("\n", " \n", StringComparison.Ordinal).Split('\n')
            .SelectMany(line => TextLines.Break(typeface, PdfText.Plain(line), size, width));

    private bool Fits(double height) => _y + height <= PdfDocument.Height - Bottom;

    private static double FromBottom(double y) => PdfDocument.Height - y;

    private static string Box(double x, double y, double width, double height) =>
        $"/O /Layout /Placement /Block /BBox [{PdfText.Number(x)} {PdfText.Number(y)} "
        + $"{PdfText.Number(x + width)} {PdfText.Number(y + height)}]";
}
