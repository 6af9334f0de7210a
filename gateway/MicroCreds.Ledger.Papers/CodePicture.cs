using System.Globalization;
using System.Text;
using QRCoder;
using QRCoder.Exceptions;

namespace MicroCreds.Ledger.Papers;

/// <summary>A QR code for a page: the path of an SVG, in which a module is one unit, with its quiet zone.</summary>
/// <param name="Path">What stands in the SVG's <c>path</c>, in black.</param>
/// <param name="Side">How wide and high it is, in modules.</param>
public sealed record CodePicture(string Path, int Side)
{
    /// <summary>Makes the code of a text, which can lose 15 % of its area.</summary>
    /// <exception cref="PaperException">The text is longer than a code holds.</exception>
    public static CodePicture Of(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        try
        {
            using var code = QRCodeGenerator.GenerateQrCode(text, QRCodeGenerator.ECCLevel.M);
            var path = new StringBuilder();
            int side = code.ModuleMatrix.Count;
            for (int row = 0; row < side; row++)
            {
                for (int column = 0; column < side; column++)
                {
                    if (!code.ModuleMatrix[row][column]) continue;
                    int begin = column;
                    while (column < side && code.ModuleMatrix[row][column]) column++;
                    path.Append(CultureInfo.InvariantCulture, $"M{begin} {row}h{column - begin}v1h-{column - begin}z");
                }
            }

            return new CodePicture(path.ToString(), side);
        }
        catch (DataTooLongException exception)
        {
            throw new PaperException("A code's text is longer than a QR code holds.", exception);
        }
    }
}
