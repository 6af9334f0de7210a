using QRCoder;
using QRCoder.Exceptions;

namespace MicroCreds.Ledger.Papers.Pdf;

/// <summary>
/// A QR code as rectangles, large enough to be read from print; its quiet zone is the page around it.
/// </summary>
/// <param name="modules">Its rows, with a quiet zone that is not drawn.</param>
internal sealed class QrDrawing(IReadOnlyList<System.Collections.BitArray> modules)
{
    // Half a millimetre a module is read by every phone; a dense code has less, but not under a third of one.
    private const double PointsPerModule = 1.42;
    private const double SmallestSide = 82;
    private const double LargestSide = 146;

    // What surrounds a code stays white on the page.
    private const int QuietModules = 4;

    // Short texts stand more wear; in long ones each module's size counts for more.
    private const int LongText = 200;

    /// <summary>How wide and high it is, in points.</summary>
    public double Side { get; } =
        Math.Clamp((modules.Count - (2 * QuietModules)) * PointsPerModule, SmallestSide, LargestSide);

    /// <summary>Makes the code of a text.</summary>
    /// <exception cref="PaperException">The text is longer than a code holds.</exception>
    public static QrDrawing Of(string text)
    {
        try
        {
            var level = text.Length > LongText ? QRCodeGenerator.ECCLevel.L : QRCodeGenerator.ECCLevel.M;
            using var code = QRCodeGenerator.GenerateQrCode(text, level);
            return new QrDrawing(code.ModuleMatrix);
        }
        catch (DataTooLongException exception)
        {
            throw new PaperException("A code's text is longer than a QR code holds.", exception);
        }
    }

    /// <summary>The dark modules, those beside each other as one.</summary>
    public IEnumerable<(double X, double Y, double Width, double Height)> Rectangles(double left, double bottom)
    {
        int count = modules.Count - (2 * QuietModules);
        double size = Side / count;
        for (int row = 0; row < count; row++)
        {
            double y = bottom + Side - ((row + 1) * size);
            var dark = modules[row + QuietModules];
            for (int column = 0; column < count; column++)
            {
                if (!dark[column + QuietModules]) continue;
                int begin = column;
                while (column < count && dark[column + QuietModules]) column++;
                yield return (left + (begin * size), y, (column - begin) * size, size);
            }
        }
    }
}
