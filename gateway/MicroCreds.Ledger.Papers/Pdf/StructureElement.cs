using System.Globalization;
using System.Text;

namespace MicroCreds.Ledger.Papers.Pdf;

/// <summary>A part of the document as who cannot see it reads it: heading, paragraph, row, figure.</summary>
/// <param name="type">A standard structure type.</param>
/// <param name="alternative">What a figure shows. Default is none.</param>
/// <param name="attributes">An attribute object, without its brackets. Default is none.</param>
internal sealed class StructureElement(string type, string? alternative = null, string? attributes = null)
{
    private readonly List<object> _kids = [];

    private int _number;

    /// <summary>What a figure's attributes say, once its place on the page is known.</summary>
    public string? Attributes { get; set; } = attributes;

    /// <summary>Adds a part of this one; returns it.</summary>
    public StructureElement Add(StructureElement child)
    {
        _kids.Add(child);
        return child;
    }

    /// <summary>Says that marked content of a page belongs here.</summary>
    public void Add(PdfPage page, int mark) => _kids.Add((page, mark));

    /// <summary>Its object's number.</summary>
    public int Number(PdfFile file) => _number == 0 ? _number = file.Reserve() : _number;

    /// <summary>Writes it and all that is in it.</summary>
    /// <param name="file">Where it is written.</param>
    /// <param name="parent">The number of what it is in.</param>
    public void Write(PdfFile file, int parent)
    {
        var kids = new StringBuilder();
        foreach (object kid in _kids)
        {
            if (kid is StructureElement child)
            {
                kids.Append(CultureInfo.InvariantCulture, $"{child.Number(file)} 0 R ");
                child.Write(file, Number(file));
            }
            else
            {
                var (page, mark) = ((PdfPage, int))kid;
                kids.Append(CultureInfo.InvariantCulture, $"<</Type /MCR /Pg {page.Number} 0 R /MCID {mark}>> ");
            }
        }

        string about = alternative is null ? "" : $"/Alt {PdfText.String(alternative)} ";
        if (Attributes is not null) about += $"/A <<{Attributes}>> ";
        file.Set(
            Number(file),
            string.Create(
                CultureInfo.InvariantCulture,
                $"<</Type /StructElem /S /{type} /P {parent} 0 R {about}/K [{kids}]>>"));
    }
}
