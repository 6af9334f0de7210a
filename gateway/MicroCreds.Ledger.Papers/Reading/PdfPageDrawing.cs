using SkiaSharp;

namespace MicroCreds.Ledger.Papers.Reading;

/// <summary>
/// Draws what of a PDF's page could be a code: filled paths and rectangles, in black and white. A paper that somebody
/// printed into a PDF has lost its attachment, but not the squares of its codes. Text, pictures, lines and clipping are
/// passed over.
/// </summary>
/// <param name="unpack">Unpacks a stream; null where it cannot be.</param>
/// <param name="resolve">Gives the value that a value refers to.</param>
/// <param name="find">Gives the object that a value refers to; null where it refers to none.</param>
/// <param name="isTooLong">Whether enough time was spent.</param>
internal sealed class PdfPageDrawing(
    Func<PdfObject, byte[]?> unpack, Func<object?, object?> resolve, Func<object?, PdfObject?> find,
    Func<bool> isTooLong)
{
    private const float PixelsPerPoint = 2.5f;
    private const float LargestPage = 1300;
    private const int MaxForms = 4;
    private const int MaxPaths = 100_000;
    private const int MaxOperands = 64;
    private const int MaxSaved = 64;
    private const double Dark = 0.5;

    private int _paths;

    /// <summary>Draws a page; null where it has no size, or nothing is filled on it.</summary>
    public GreyPicture? Draw(PdfObject page)
    {
        float[] box = Numbers(resolve(Inherited(page, "MediaBox")));
        if (box.Length != 4) return null;
        var (width, height) = (Math.Abs(box[2] - box[0]), Math.Abs(box[3] - box[1]));
        if (!(width is > 16 and < LargestPage && height is > 16 and < LargestPage)) return null;
        using var bitmap = new SKBitmap(
            new SKImageInfo(
                (int)(width * PixelsPerPoint), (int)(height * PixelsPerPoint), SKColorType.Gray8, SKAlphaType.Opaque));
        bitmap.Erase(SKColors.White);
        using var canvas = new SKCanvas(bitmap);
        canvas.Scale(PixelsPerPoint, -PixelsPerPoint);
        canvas.Translate(-Math.Min(box[0], box[2]), -Math.Max(box[1], box[3]));
        _paths = 0;
        Run(canvas, Content(page), resolve(Inherited(page, "Resources")), 0);
        return _paths == 0 ? null : new GreyPicture(bitmap.Width, bitmap.Height, bitmap.Bytes);
    }

    /// <summary>A page's program, which may be in pieces.</summary>
    private byte[] Content(PdfObject page)
    {
        object? contents = page["Contents"];
        var pieces = resolve(contents) is List<object?> list ? list : [contents];
        using var whole = new MemoryStream();
        foreach (object? piece in pieces.Take(256))
        {
            if (find(piece) is not { Begin: > 0 } stream || unpack(stream) is not { } content) continue;
            whole.Write(content);
            whole.WriteByte((byte)'\n');
        }

        return whole.ToArray();
    }

    /// <summary>What a page says of itself, or what the pages that it is among say for it.</summary>
    private object? Inherited(PdfObject page, string name)
    {
        var from = page;
        for (int steps = 0; steps < 16; steps++)
        {
            if (from[name] is { } value) return value;
            if (find(from["Parent"]) is not { } parent) return null;
            from = parent;
        }

        return null;
    }

    private void Run(SKCanvas canvas, byte[] program, object? resources, int forms)
    {
        var lexer = new PdfLexer(program, 0);
        var operands = new List<object?>();
        var dark = new Stack<bool>([true]);
        using var path = new SKPathBuilder();
        int saved = canvas.Save();
        try
        {
            while (!isTooLong())
            {
                object? one = lexer.Read();
                if (one is not PdfWord { Text: var word })
                {
                    if (operands.Count < MaxOperands) operands.Add(one);
                    continue;
                }

                if (word == "ID") lexer.SkipInlineImage();
                else if (word == "Do") RunForm(canvas, operands, resources, forms);
                else if (!Trace(path, word, operands)) Paint(canvas, path, word, operands, dark);
                operands.Clear();
            }
        }
        catch (PdfFormatException)
        {
            // The end of the program, or of what can be read of it: what was drawn until then stands.
        }
        finally
        {
            canvas.RestoreToCount(saved);
        }
    }

    private void RunForm(SKCanvas canvas, List<object?> operands, object? resources, int forms)
    {
        if (forms >= MaxForms || operands is not [PdfName name]
            || resolve((resources as Dictionary<string, object?>)?.GetValueOrDefault("XObject"))
                is not Dictionary<string, object?> all
            || find(all.GetValueOrDefault(name.Text)) is not { } form || !form.Is("Form", "Subtype")
            || unpack(form) is not { } program)
        {
            return;
        }

        int saved = canvas.Save();
        if (Matrix(Numbers(resolve(form["Matrix"]))) is { } matrix) canvas.Concat(matrix);
        Run(canvas, program, resolve(form["Resources"]) ?? resources, forms + 1);
        canvas.RestoreToCount(saved);
    }

    /// <summary>Goes on with a path; false where the word says something else.</summary>
    private static bool Trace(SKPathBuilder path, string word, List<object?> operands)
    {
        float[] n = Numbers(operands);
        switch (word, n.Length)
        {
            case ("m", 2): path.MoveTo(n[0], n[1]); return true;
            case ("l", 2): path.LineTo(n[0], n[1]); return true;
            case ("c", 6): path.CubicTo(n[0], n[1], n[2], n[3], n[4], n[5]); return true;
            case ("v" or "y", 4): path.QuadTo(n[0], n[1], n[2], n[3]); return true;
            case ("h", 0): path.Close(); return true;
            case ("re", 4):
                path.MoveTo(n[0], n[1]);
                path.LineTo(n[0] + n[2], n[1]);
                path.LineTo(n[0] + n[2], n[1] + n[3]);
                path.LineTo(n[0], n[1] + n[3]);
                path.Close();
                return true;
            default: return false;
        }
    }

    private void Paint(SKCanvas canvas, SKPathBuilder path, string word, List<object?> operands, Stack<bool> dark)
    {
        float[] n = Numbers(operands);
        switch (word)
        {
            case "q" when dark.Count < MaxSaved:
                canvas.Save();
                dark.Push(dark.Peek());
                break;
            case "Q" when dark.Count > 1:
                canvas.Restore();
                dark.Pop();
                break;
            case "cm" when Matrix(n) is { } matrix:
                canvas.Concat(matrix);
                break;
            case "g" or "rg" or "k" or "sc" or "scn":
                dark.Pop();
                dark.Push(IsDark(n));
                break;
            case "f" or "F" or "f*" or "B" or "B*" or "b" or "b*":
                using (var whole = path.Detach())
                {
                    if (++_paths > MaxPaths) throw new PdfFormatException();
                    whole.FillType = word.EndsWith('*') ? SKPathFillType.EvenOdd : SKPathFillType.Winding;
                    using var paint = new SKPaint { Color = dark.Peek() ? SKColors.Black : SKColors.White };
                    canvas.DrawPath(whole, paint);
                }

                break;
            case "S" or "s" or "n":
                path.Detach().Dispose();
                break;
        }
    }

    /// <summary>Whether a colour is dark, told by how many parts it has: grey, red-green-blue, or inks.</summary>
    private static bool IsDark(float[] colour) => colour.Length switch
    {
        1 => colour[0] < Dark,
        3 => (0.3 * colour[0]) + (0.59 * colour[1]) + (0.11 * colour[2]) < Dark,
        4 => colour[3] + ((colour[0] + colour[1] + colour[2]) / 3) > Dark,
        _ => true,
    };

    private static SKMatrix? Matrix(float[] n) =>
        n.Length == 6 ? new SKMatrix(n[0], n[2], n[4], n[1], n[3], n[5], 0, 0, 1) : null;

    private static float[] Numbers(object? list) => list is List<object?> all && all.All(one => one is double)
        ? [.. all.Select(one => (float)(double)one!)]
        : [];
}
