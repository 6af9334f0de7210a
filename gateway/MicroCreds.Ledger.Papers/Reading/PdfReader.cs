using System.Diagnostics;
using System.Text;

namespace MicroCreds.Ledger.Papers.Reading;

/// <summary>A file attached to a PDF.</summary>
internal sealed record PdfAttachment(string? Name, byte[] Content);

/// <summary>A picture on a PDF's pages: a JPEG's file, or pixels.</summary>
internal sealed record PdfPicture(byte[]? File, GreyPicture? Grey);

/// <summary>What of a PDF is of interest here.</summary>
internal sealed record PdfContents(
    IReadOnlyList<PdfAttachment> Attachments, IReadOnlyList<PdfPicture> Pictures, CarrierFault Fault);

/// <summary>
/// Finds the files attached to a PDF and the pictures on its pages. Objects are found by going through the file once,
/// not by its tables, so that it does not matter which program saved it last, nor whether its tables are right; an
/// object that stands there twice counts as it stands last. References are followed a named number of steps, so that
/// nothing can lead in circles.
/// </summary>
internal sealed class PdfReader
{
    private const int MaxObjects = 200_000;
    private const int MaxAttachments = 50;
    private const int MaxPictures = 10;
    private const int MaxPages = 4;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(4);

    private readonly Dictionary<int, PdfObject> _objects = [];
    private readonly PdfStreams _streams = new();
    private readonly byte[] _file;
    private readonly long _begin = Stopwatch.GetTimestamp();
    private bool _isDamaged;
    private bool _isEncrypted;

    private PdfReader(byte[] file) => _file = file;

    private bool IsTooLong => Stopwatch.GetElapsedTime(_begin) > Patience;

    /// <summary>Reads a file; whatever is in it, nothing is thrown.</summary>
    public static PdfContents Read(byte[] file)
    {
        var reader = new PdfReader(file);
        reader.FindObjects();
        reader.FindPackedObjects();
        PdfAttachment[] attachments = [.. reader.Attachments().Take(MaxAttachments)];
        PdfPicture[] pictures = attachments.Length > 0 ? [] : [.. reader.Pictures().Take(MaxPictures)];
        var fault = reader._isEncrypted && attachments.Length == 0 ? CarrierFault.Encrypted
            : reader._streams.IsExhausted || reader._objects.Count >= MaxObjects || reader.IsTooLong
                ? CarrierFault.TooMuch
            : reader._isDamaged ? CarrierFault.Damaged
            : CarrierFault.None;
        return reader._isEncrypted ? new([], [], CarrierFault.Encrypted) : new(attachments, pictures, fault);
    }

    /// <summary>Goes through the file from one object to the next, past the bytes of streams.</summary>
    private void FindObjects()
    {
        int at = 0;
        while (_objects.Count < MaxObjects && !IsTooLong && NextObject(at) is { } found)
        {
            at = found.Body;
            try
            {
                var lexer = new PdfLexer(_file, found.Body);
                object? value = lexer.Read();
                at = lexer.At;
                var (begin, length) = (0, 0);
                if (value is Dictionary<string, object?> dictionary && lexer.Take("stream"))
                {
                    lexer.SkipLineEnd();
                    begin = lexer.At;
                    length = StreamLength(dictionary, begin);
                    at = begin + length;
                    _isEncrypted |= dictionary.ContainsKey("Encrypt");
                }

                _objects[found.Number] = new PdfObject(value, _file, begin, length);
            }
            catch (PdfFormatException)
            {
                _isDamaged = true;
            }
        }

        FindLengths();
        FindTrailers();
    }

    private (int Number, int Body)? NextObject(int from)
    {
        while (from < _file.Length)
        {
            int found = _file.AsSpan(from).IndexOf("obj"u8);
            if (found < 0) return null;
            int at = from + found;
            from = at + 3;
            if (BackNumber(at) is { } generation && BackNumber(generation.Begin) is { } number)
                return (number.Value, from);
        }

        return null;
    }

    /// <summary>The number that stands before a place, with at least a space between number and what it is before.
    /// </summary>
    private (int Value, int Begin)? BackNumber(int before)
    {
        int end = before;
        while (end > 0 && PdfLexer.IsSpace(_file[end - 1])) end--;
        int begin = end;
        while (begin > 0 && end - begin < 10 && char.IsAsciiDigit((char)_file[begin - 1])) begin--;
        return begin < end && end < before && int.TryParse(_file.AsSpan(begin, end - begin), out int value)
            ? (value, begin)
            : null;
    }

    /// <summary>A stream's length as it says itself where that is true; else up to the word that ends it.</summary>
    private int StreamLength(Dictionary<string, object?> dictionary, int begin)
    {
        if (dictionary.GetValueOrDefault("Length") is double said && said >= 0 && said <= _file.Length - begin)
        {
            var lexer = new PdfLexer(_file, begin + (int)said);
            if (lexer.Take("endstream")) return (int)said;
        }

        int end = _file.AsSpan(begin).IndexOf("endstream"u8);
        if (end < 0)
        {
            _isDamaged = true;
            return _file.Length - begin;
        }

        // The line end before the word is not the stream's.
        if (end > 0 && _file[begin + end - 1] == '\n') end--;
        if (end > 0 && _file[begin + end - 1] == '\r') end--;
        return end;
    }

    /// <summary>Takes lengths that stand in objects of their own, now that all are known.</summary>
    private void FindLengths()
    {
        foreach (var (number, stream) in _objects.Where(one => one.Value.Begin > 0).ToList())
        {
            if (stream["Length"] is PdfReference length && Resolve(length) is double said
                && said >= 0 && said <= _file.Length - stream.Begin
                && new PdfLexer(_file, stream.Begin + (int)said).Take("endstream"))
            {
                _objects[number] = stream with { Length = (int)said };
            }
        }
    }

    private void FindTrailers()
    {
        for (int at = 0; !IsTooLong && _file.AsSpan(at).IndexOf("trailer"u8) is >= 0 and var found;)
        {
            at += found + 7;
            try
            {
                var lexer = new PdfLexer(_file, at);
                if (lexer.Read() is not Dictionary<string, object?> trailer) continue;
                _isEncrypted |= trailer.ContainsKey("Encrypt");
                at = lexer.At;
            }
            catch (PdfFormatException)
            {
                // The word stands in something else.
            }
        }
    }

    /// <summary>Reads the objects within streams of objects.</summary>
    private void FindPackedObjects()
    {
        foreach (var packed in _objects.Values.Where(one => one.Is("ObjStm")).ToList())
        {
            if (IsTooLong) return;
            if (_streams.Unpack(packed, Resolve) is not { } content
                || Resolve(packed["N"]) is not double count
                || Resolve(packed["First"]) is not (double and >= 0 and var first))
            {
                _isDamaged = true;
                continue;
            }

            try
            {
                var head = new PdfLexer(content, 0);
                for (int i = 0; i < count && _objects.Count < MaxObjects; i++)
                {
                    if (head.Read() is not double number || head.Read() is not double offset) break;
                    if (first + offset >= content.Length || number is < 0 or > int.MaxValue || offset < 0) break;
                    object? value = new PdfLexer(content, (int)(first + offset)).Read();
                    _objects.TryAdd((int)number, new PdfObject(value, content, 0, 0));
                }
            }
            catch (PdfFormatException)
            {
                _isDamaged = true;
            }
        }
    }

    private IEnumerable<PdfAttachment> Attachments()
    {
        var taken = new HashSet<int>();
        foreach (var specification in _objects.Values.SelectMany(one => Specifications(one.Value)))
        {
            var files = Resolve(specification["EF"]) as Dictionary<string, object?>;
            string[] keys = ["UF", "F", "Unix", "Mac", "DOS"];
            if (keys.Select(key => files?.GetValueOrDefault(key)).OfType<PdfReference>().FirstOrDefault()
                is not { } reference || !taken.Add(reference.Number)
                || !_objects.TryGetValue(reference.Number, out var embedded))
            {
                continue;
            }

            if (_streams.Unpack(embedded, Resolve) is { } content)
                yield return new(Name(specification), content);
            else
                _isDamaged = true;
        }
    }

    /// <summary>All descriptions of files in a value: they stand alone, or within a list of names.</summary>
    private static IEnumerable<Dictionary<string, object?>> Specifications(object? value) => value switch
    {
        Dictionary<string, object?> dictionary when dictionary.ContainsKey("EF") => [dictionary],
        Dictionary<string, object?> dictionary => dictionary.Values.SelectMany(Specifications),
        List<object?> list => list.SelectMany(Specifications),
        _ => [],
    };

    private string? Name(Dictionary<string, object?> specification) =>
        (Resolve(specification.GetValueOrDefault("UF")) ?? Resolve(specification.GetValueOrDefault("F"))) switch
        {
            byte[] and [0xfe, 0xff, .. var wide] => Encoding.BigEndianUnicode.GetString(wide),
            byte[] and [0xef, 0xbb, 0xbf, .. var narrow] => Encoding.UTF8.GetString(narrow),
            byte[] plain => Encoding.Latin1.GetString(plain),
            _ => null,
        };

    /// <summary>What is drawn on the first pages, and pictures that stand in the file.</summary>
    private IEnumerable<PdfPicture> Pictures()
    {
        var drawing = new PdfPageDrawing(stream => _streams.Unpack(stream, Resolve), Resolve, Find, () => IsTooLong);
        foreach (var page in _objects.Values.Where(one => one.Is("Page")).Take(MaxPages))
        {
            if (drawing.Draw(page) is { } drawn) yield return new(null, drawn);
        }

        foreach (var image in _objects.Values.Where(one => one.Is("Image", "Subtype")))
        {
            if (_streams.Picture(image, Resolve) is { } picture) yield return picture;
        }
    }

    private PdfObject? Find(object? value) =>
        value is PdfReference reference ? _objects.GetValueOrDefault(reference.Number) : null;

    /// <summary>What a value refers to, one step far.</summary>
    private object? Resolve(object? value) => value is PdfReference reference
        ? _objects.GetValueOrDefault(reference.Number)?.Value
        : value;
}
