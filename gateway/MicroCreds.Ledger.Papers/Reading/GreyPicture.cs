namespace MicroCreds.Ledger.Papers.Reading;

/// <summary>A picture without colours: one byte a pixel, row by row, 0 is black.</summary>
internal sealed record GreyPicture(int Width, int Height, byte[] Pixels);
