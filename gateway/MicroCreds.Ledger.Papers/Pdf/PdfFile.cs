using System.Globalization;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;

namespace MicroCreds.Ledger.Papers.Pdf;

/// <summary>
/// The objects of a PDF file (ISO 32000-1), and the file made of them: the same objects are the same bytes.
/// </summary>
internal sealed class PdfFile
{
    private readonly List<byte[]?> _objects = [null];

    /// <summary>Takes the next number, for an object that others name before it is there.</summary>
    public int Reserve()
    {
        _objects.Add(null);
        return _objects.Count - 1;
    }

    /// <summary>Adds an object; returns its number.</summary>
    public int Add(string body)
    {
        int number = Reserve();
        Set(number, body);
        return number;
    }

    /// <summary>Gives a reserved object its content.</summary>
    public void Set(int number, string body) => _objects[number] = Encoding.Latin1.GetBytes(body);

    /// <summary>Adds a stream; returns its number.</summary>
    /// <param name="entries">What its dictionary says beside length and filter.</param>
    /// <param name="content">What is in it.</param>
    /// <param name="level">How hard it is packed; null leaves it as it is. Default is the usual.</param>
    public int AddStream(
        string entries, ReadOnlySpan<byte> content, CompressionLevel? level = CompressionLevel.Optimal)
    {
        using var stream = new MemoryStream();
        if (level is { } packing)
        {
            using var packer = new ZLibStream(stream, packing, leaveOpen: true);
            packer.Write(content);
        }
        else
        {
            stream.Write(content);
        }

        string filter = level is not null ? "/Filter /FlateDecode " : "";
        byte[] head = Encoding.Latin1.GetBytes(
            string.Create(CultureInfo.InvariantCulture, $"<<{entries} {filter}/Length {stream.Length}>>\nstream\n"));
        int number = Reserve();
        _objects[number] = [.. head, .. stream.ToArray(), .. "\nendstream"u8];
        return number;
    }

    /// <summary>Writes the file.</summary>
    /// <param name="root">The catalog's number.</param>
    /// <param name="info">The document information's number.</param>
    public byte[] Write(int root, int info)
    {
        using var file = new MemoryStream();
        file.Write("%PDF-1.7\n%\u00e2\u00e3\u00cf\u00d3\n"u8);
        long[] offsets = new long[_objects.Count];
        for (int number = 1; number < _objects.Count; number++)
        {
            offsets[number] = file.Length;
            file.Write(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{number} 0 obj\n")));
            file.Write(_objects[number] ?? throw new InvalidOperationException($"Object {number} was not written."));
            file.Write("\nendobj\n"u8);
        }

        long start = file.Length;
        string name = Convert.ToHexString(SHA256.HashData(file.ToArray()).AsSpan(0, 16));
        var tail = new StringBuilder();
        tail.Append(CultureInfo.InvariantCulture, $"xref\n0 {_objects.Count}\n0000000000 65535 f \n");
        for (int number = 1; number < _objects.Count; number++)
            tail.Append(CultureInfo.InvariantCulture, $"{offsets[number]:0000000000} 00000 n \n");
        tail.Append(CultureInfo.InvariantCulture, $"trailer\n<</Size {_objects.Count} /Root {root} 0 R ");
        tail.Append(CultureInfo.InvariantCulture, $"/Info {info} 0 R /ID [<{name}> <{name}>]>>\n");
        tail.Append(CultureInfo.InvariantCulture, $"startxref\n{start}\n%%EOF\n");
        file.Write(Encoding.ASCII.GetBytes(tail.ToString()));
        return file.ToArray();
    }
}
