namespace MicroCreds.Ledger.Papers.Reading;

/// <summary>Undoes what some programs do to a stream's rows before they pack it: PNG's filters.</summary>
internal static class PdfPredictor
{
    private const int FirstOfPng = 10;
    private const int MaxRowBytes = 1 << 20;

    /// <summary>The content; null where nothing was done to it, or something that is not known.</summary>
    public static byte[]? Undo(
        byte[] content, Dictionary<string, object?> parameters, Func<object?, object?> resolve)
    {
        double Of(string name, double otherwise) =>
            resolve(parameters.GetValueOrDefault(name)) is double value ? value : otherwise;
        double bits = Of("Colors", 1) * Of("BitsPerComponent", 8);
        double rowBits = bits * Of("Columns", 1);
        if (Of("Predictor", 1) < FirstOfPng || bits is < 1 or > 64) return null;
        if (rowBits is < 1 or > MaxRowBytes * 8.0) return null;
        int pixel = Math.Max(1, (int)bits / 8);
        int row = ((int)rowBits + 7) / 8;
        byte[] plain = new byte[content.Length / (row + 1) * row];
        for (int line = 0; (line + 1) * row <= plain.Length; line++)
        {
            int filter = content[line * (row + 1)];
            for (int i = 0; i < row; i++)
            {
                int at = (line * row) + i;
                int left = i >= pixel ? plain[at - pixel] : 0;
                int up = line > 0 ? plain[at - row] : 0;
                int corner = line > 0 && i >= pixel ? plain[at - row - pixel] : 0;
                int guess = filter switch
                {
                    1 => left,
                    2 => up,
                    3 => (left + up) / 2,
                    4 => Paeth(left, up, corner),
                    _ => 0,
                };
                plain[at] = (byte)(content[(line * (row + 1)) + 1 + i] + guess);
            }
        }

        return plain;
    }

    private static int Paeth(int left, int up, int corner)
    {
        int guess = left + up - corner;
        int toLeft = Math.Abs(guess - left);
        int toUp = Math.Abs(guess - up);
        int toCorner = Math.Abs(guess - corner);
        return toLeft <= toUp && toLeft <= toCorner ? left : toUp <= toCorner ? up : corner;
    }
}
