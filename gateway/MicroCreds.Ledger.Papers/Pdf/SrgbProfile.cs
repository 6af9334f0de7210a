using System.Buffers.Binary;
using System.Text;

namespace MicroCreds.Ledger.Papers.Pdf;

/// <summary>The sRGB colour space as an ICC profile of version 2, computed from IEC 61966-2-1.</summary>
internal static class SrgbProfile
{
    private const int HeaderLength = 128;
    private const int CurvePoints = 256;

    private static readonly Lazy<byte[]> Made = new(Make);

    public static byte[] Content => Made.Value;

    private static byte[] Make()
    {
        byte[] curve = Curve();
        (string Tag, byte[] Content)[] tags =
        [
            ("desc", Description("sRGB IEC61966-2.1")), ("cprt", Text("No copyright, use freely.")),
            ("wtpt", Xyz(0.9642, 1, 0.8249)), ("rXYZ", Xyz(0.43607, 0.22249, 0.01392)),
            ("gXYZ", Xyz(0.38515, 0.71687, 0.09708)), ("bXYZ", Xyz(0.14307, 0.06061, 0.71410)),
            ("rTRC", curve), ("gTRC", curve), ("bTRC", curve),
        ];
        int tableLength = 4 + (12 * tags.Length);
        using var body = new MemoryStream();
        byte[] table = new byte[tableLength];
        BinaryPrimitives.WriteInt32BigEndian(table, tags.Length);
        for (int i = 0; i < tags.Length; i++)
        {
            // The three curves are one: their tags lead to the same place.
            bool isAgain = i > 6;
            int at = isAgain
                ? BinaryPrimitives.ReadInt32BigEndian(table.AsSpan(4 + (12 * 6) + 4))
                : HeaderLength + tableLength + (int)body.Length;
            var entry = table.AsSpan(4 + (12 * i), 12);
            Encoding.ASCII.GetBytes(tags[i].Tag, entry);
            BinaryPrimitives.WriteInt32BigEndian(entry[4..], at);
            BinaryPrimitives.WriteInt32BigEndian(entry[8..], tags[i].Content.Length);
            if (isAgain) continue;
            body.Write(tags[i].Content);
            while (body.Length % 4 != 0) body.WriteByte(0);
        }

        return [.. Header(HeaderLength + tableLength + (int)body.Length), .. table, .. body.ToArray()];
    }

    private static byte[] Header(int size)
    {
        byte[] header = new byte[HeaderLength];
        BinaryPrimitives.WriteInt32BigEndian(header, size);
        BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(8), 0x02100000);
        "mntrRGB XYZ "u8.CopyTo(header.AsSpan(12));
        foreach (var (place, value) in new[] { (24, 1998), (26, 2), (28, 9), (30, 6), (32, 49) })
            BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(place), (ushort)value);
        "acsp"u8.CopyTo(header.AsSpan(36));
        Xyz(0.9642, 1, 0.8249).AsSpan(8).CopyTo(header.AsSpan(68));
        return header;
    }

    private static byte[] Xyz(double x, double y, double z)
    {
        byte[] tag = new byte[20];
        "XYZ "u8.CopyTo(tag);
        foreach (var (place, value) in new[] { (8, x), (12, y), (16, z) })
            BinaryPrimitives.WriteInt32BigEndian(tag.AsSpan(place), (int)Math.Round(value * 65536));
        return tag;
    }

    private static byte[] Curve()
    {
        byte[] tag = new byte[12 + (2 * CurvePoints)];
        "curv"u8.CopyTo(tag);
        BinaryPrimitives.WriteInt32BigEndian(tag.AsSpan(8), CurvePoints);
        for (int i = 0; i < CurvePoints; i++)
        {
            double value = i / (CurvePoints - 1.0);
            double linear = value <= 0.04045 ? value / 12.92 : Math.Pow((value + 0.055) / 1.055, 2.4);
            BinaryPrimitives.WriteUInt16BigEndian(tag.AsSpan(12 + (2 * i)), (ushort)Math.Round(linear * 65535));
        }

        return tag;
    }

    private static byte[] Text(string text) => [.. "text"u8, 0, 0, 0, 0, .. Encoding.ASCII.GetBytes(text), 0];

    /// <summary>A description in ASCII; its other two forms are empty.</summary>
    private static byte[] Description(string text)
    {
        byte[] tag = new byte[12 + text.Length + 1 + 8 + 3 + 67];
        "desc"u8.CopyTo(tag);
        BinaryPrimitives.WriteInt32BigEndian(tag.AsSpan(8), text.Length + 1);
        Encoding.ASCII.GetBytes(text, tag.AsSpan(12));
        return tag;
    }
}
