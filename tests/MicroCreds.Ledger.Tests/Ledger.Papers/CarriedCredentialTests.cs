using System.Diagnostics;
using System.IO.Compression;
using System.Text;
using MicroCreds.Ledger.Papers;
using MicroCreds.Ledger.Tests.EndToEnd;
using SkiaSharp;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Papers;

/// <summary>What files carry that people bring, and what hostile ones cost.</summary>
public sealed class CarriedCredentialTests
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(30);

    [Fact]
    public void Paper_CarriesItsFile()
    {
        var carried = CarriedCredential.Find(PaperPdf.Write(SamplePaper.Ordinary));
        Assert.Equal((CarrierKind.Pdf, CarrierFault.None), (carried.Kind, carried.Fault));
        var content = Assert.Single(carried.Contents);
        Assert.Equal((CarriedPlace.Attachment, "data-literacy.json"), (content.Place, content.Name));
        Assert.Equal(SamplePaper.Credential, content.Content);
    }

    [Theory]
    [InlineData("--object-streams=generate", "--recompress-flate")]
    [InlineData("--linearize")]
    [InlineData("--qdf", "--object-streams=disable")]
    public async Task Paper_SavedByQpdf_StillCarriesItsFile(params string[] options)
    {
        byte[] saved = await SavedAsync("qpdf", [.. options, "in.pdf", "out.pdf"]);
        Assert.Equal(SamplePaper.Credential, Assert.Single(CarriedCredential.Find(saved).Contents).Content);
    }

    [Fact]
    public async Task Paper_Encrypted_SaysSo()
    {
        byte[] saved = await SavedAsync("qpdf", ["--encrypt", "", "owner", "256", "--", "in.pdf", "out.pdf"]);
        var carried = CarriedCredential.Find(saved);
        Assert.Equal((CarrierKind.Pdf, CarrierFault.Encrypted), (carried.Kind, carried.Fault));
        Assert.Empty(carried.Contents);
    }

    /// <summary>What a printer's dialogue makes of a paper: the same page, without its attachment.</summary>
    [Fact]
    public async Task Paper_PrintedIntoAPdf_StillShowsItsCodes()
    {
        byte[] printed = await SavedAsync("pdftocairo", ["-pdf", "in.pdf", "out.pdf"]);
        var carried = CarriedCredential.Find(printed);
        Assert.All(carried.Contents, content => Assert.Equal(CarriedPlace.Code, content.Place));
        Assert.Equal(
            new[] { SamplePaper.Compact, SamplePaper.Link }.Order(),
            carried.Contents.Select(content => Encoding.UTF8.GetString(content.Content)).Order());
    }

    [Fact]
    public void Paper_WithBrokenTables_StillCarriesItsFile()
    {
        byte[] file = PaperPdf.Write(SamplePaper.Ordinary);
        int tables = Encoding.Latin1.GetString(file).LastIndexOf("xref\n0 ", StringComparison.Ordinal);
        byte[] mailed = [.. "From a mail program\r\n"u8, .. file[..tables]];
        Assert.Equal(SamplePaper.Credential, Assert.Single(CarriedCredential.Find(mailed).Contents).Content);
    }

    [Theory]
    [InlineData(SKEncodedImageFormat.Png)]
    [InlineData(SKEncodedImageFormat.Jpeg)]
    [InlineData(SKEncodedImageFormat.Webp)]
    public void Code_OnAPhoto_IsRead(SKEncodedImageFormat format)
    {
        (float, float, float)[] photos = [(0, 0, 1), (13, 0, 1), (90, 0, 0.5f), (-7, 0.0002f, 0.6f)];
        foreach (var (angle, tilt, light) in photos)
        {
            byte[] photo = Photo(SamplePaper.Link, format, angle, tilt, light);
            var carried = CarriedCredential.Find(photo);
            var content = Assert.Single(carried.Contents);
            Assert.Equal(CarriedPlace.Code, content.Place);
            Assert.Equal(SamplePaper.Link, Encoding.UTF8.GetString(content.Content));
        }
    }

    [Fact]
    public void Code_OnAScannedPaper_IsRead()
    {
        byte[] scan = Photo(SamplePaper.Compact, SKEncodedImageFormat.Jpeg, 1, 0, 0.9f);
        byte[] pdf =
        [
            .. "%PDF-1.4\n1 0 obj <</Subtype /Image /Width 1600 /Height 1600 /Filter /DCTDecode /Length "u8,
            .. Encoding.ASCII.GetBytes($"{scan.Length}>> stream\n"), .. scan, .. "\nendstream endobj\n"u8,
        ];
        var content = Assert.Single(CarriedCredential.Find(pdf).Contents);
        Assert.Equal(SamplePaper.Compact, Encoding.UTF8.GetString(content.Content));
    }

    [Fact]
    public void Text_IsItself_WhateverItsMark()
    {
        foreach (byte[] file in (byte[][])
            [
                "{\"a\":1}"u8.ToArray(), [0xef, 0xbb, 0xbf, .. "{\"a\":1}"u8],
                [0xff, 0xfe, .. Encoding.Unicode.GetBytes("{\"a\":1}")],
                [0xfe, 0xff, .. Encoding.BigEndianUnicode.GetBytes("{\"a\":1}")],
            ])
        {
            var carried = CarriedCredential.Find(file);
            Assert.Equal(CarrierKind.Text, carried.Kind);
            Assert.Equal("{\"a\":1}"u8.ToArray(), Assert.Single(carried.Contents).Content);
        }
    }

    /// <summary>Other programs write profiles, forms and histories of any length before what is attached.</summary>
    [Theory]
    [InlineData("({0})", 'x')]
    [InlineData("<{0}>", 'f')]
    public void Paper_BehindALongString_StillCarriesItsFile(string form, char letter)
    {
        string text = form.Replace("{0}", new string(letter, 3_000_001), StringComparison.Ordinal);
        byte[] file =
        [
            .. "%PDF-1.7\n"u8, .. Encoding.ASCII.GetBytes($"9000 0 obj <</History {text}>> endobj\n"),
            .. PaperPdf.Write(SamplePaper.Ordinary),
        ];
        var carried = CarriedCredential.Find(file);
        Assert.Equal(SamplePaper.Credential, Assert.Single(carried.Contents).Content);
        Assert.Equal(CarrierFault.None, carried.Fault);
    }

    [Fact]
    public void Kinds_AreTold()
    {
        Assert.Equal(CarrierKind.Other, CarriedCredential.Find([]).Kind);
        Assert.Equal(CarrierKind.Other, CarriedCredential.Find([0x50, 0x4b, 3, 4, 0, 0, 0xff]).Kind);
        Assert.Equal(CarrierKind.UnreadPicture, CarriedCredential.Find([0, 0, 0, 24, .. "ftypheic0000"u8]).Kind);
        Assert.Equal(CarrierKind.Svg, CarriedCredential.Find(SamplePaper.Badge).Kind);
        Assert.Equal(CarrierKind.Png, CarriedCredential.Find(BadgePicture.Png(SamplePaper.Badge)).Kind);
        Assert.Equal(CarrierKind.Text, CarriedCredential.Find("<html></html>"u8.ToArray()).Kind);
        Assert.Throws<PaperException>(() => CarriedCredential.Find(new byte[CarriedCredential.MaxBytes + 1]));
    }

    [Fact]
    public void Hostile_IsBounded()
    {
        string deep = string.Concat(Enumerable.Repeat("[", 1_000_000));
        (string Name, byte[] File)[] files =
        [
            ("a bomb", Pdf("<</Type /Filespec /EF <</F 2 0 R>>>>", ("/Filter /FlateDecode", Zeros(200 << 20)))),
            ("bombs in bombs", Pdf(
                "<</Type /Filespec /EF <</F 2 0 R>>>>",
                ("/Filter [/FlateDecode /FlateDecode /FlateDecode /FlateDecode /FlateDecode]", Zeros(1 << 20)))),
            ("a circle", Pdf("<</Type /Filespec /EF 1 0 R /F 1 0 R /UF 1 0 R>>", ("/Filter 2 0 R /Length 2 0 R", []))),
            ("deep arrays", Encoding.ASCII.GetBytes($"%PDF-1.7\n1 0 obj {deep} endobj")),
            ("deep dictionaries", Encoding.ASCII.GetBytes("%PDF-1.7\n1 0 obj " + string.Concat(
                Enumerable.Repeat("<</a ", 200_000)))),
            ("many beginnings", Encoding.ASCII.GetBytes("%PDF-1.7\n" + string.Concat(
                Enumerable.Repeat("1 0 obj (", 2_000_000)))),
            ("many arrays", Encoding.ASCII.GetBytes("%PDF-1.7\n" + string.Concat(
                Enumerable.Repeat("1 0 obj [1 ", 2_000_000)))),
            ("streams without ends", Encoding.ASCII.GetBytes("%PDF-1.7\n" + string.Concat(
                Enumerable.Repeat("1 0 obj <<>> stream ", 1_000_000)))),
            ("objects within themselves", Pdf(
                "<<>>", ("/Type /ObjStm /N 99999999 /First -5 /Filter /FlateDecode", Zeros(30 << 20)))),
            ("a wide row", Pdf("<</EF <</F 2 0 R>>>>", (
                "/Filter /FlateDecode /DecodeParms <</Predictor 15 /Columns 99999999999 /Colors 9>>", Zeros(1000)))),
            ("forms in circles", Encoding.ASCII.GetBytes(
                "%PDF-1.7\n1 0 obj <</Type /Page /MediaBox [0 0 600 800] /Contents 2 0 R /Parent 1 0 R "
                + "/Resources <</XObject <</A 2 0 R>>>>>> endobj\n2 0 obj <</Subtype /Form>> stream\n"
                + string.Concat(Enumerable.Repeat("q 9e9 0 0 1 0 0 cm 0 0 1 1 re f /A Do ", 5_000)) + "\nendstream")),
            ("a huge PNG", Huge()), ("a picture full of corners", Corners(100)),
            ("as many corners as are looked at", Corners(10)),
            ("noise", Noise()),
        ];
        foreach (var (name, file) in files)
        {
            long begin = Stopwatch.GetTimestamp();
            var carried = CarriedCredential.Find(file);
            Assert.True(Stopwatch.GetElapsedTime(begin) < Bound, $"{name} took too long.");
            Assert.DoesNotContain(carried.Contents, one => one.Content.Length > 64 << 20);
        }
    }

    [Fact]
    public void Changed_NeverThrows()
    {
        byte[][] files =
        [
            PaperPdf.Write(SamplePaper.Ordinary with { Badge = null, Mark = null }),
            BakedPng.Bake(BadgePicture.Png(SamplePaper.Badge, 48), "x"), BakedSvg.Bake(SamplePaper.Mark, "{}"),
            Photo(SamplePaper.Link, SKEncodedImageFormat.Jpeg, 0, 0, 1, 200),
            Photo(SamplePaper.Link, SKEncodedImageFormat.Webp, 0, 0, 1, 200),
        ];
        var random = new Random(20260303);
        foreach (byte[] file in files)
        {
            for (int round = 0; round < 150; round++)
            {
                byte[] changed = [.. file];
                int count = 1 << random.Next(8);
                for (int i = 0; i < count; i++) changed[random.Next(changed.Length)] = (byte)random.Next(256);
                if (round % 3 == 0) changed = changed[..random.Next(changed.Length)];
                CarriedCredential.Find(changed);
            }
        }
    }

    /// <summary>A paper as another program saved it.</summary>
    private static async Task<byte[]> SavedAsync(string program, string[] arguments)
    {
        string folder = Directory.CreateTempSubdirectory("saved-").FullName;
        try
        {
            await File.WriteAllBytesAsync(
                Path.Combine(folder, "in.pdf"), PaperPdf.Write(SamplePaper.Ordinary),
                TestContext.Current.CancellationToken);
            await PaperTool.RunAsync(program, folder, arguments);
            return await File.ReadAllBytesAsync(
                Path.Combine(folder, "out.pdf"), TestContext.Current.CancellationToken);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>A code on a table, turned, seen from the side, in poor light that falls off to one corner.</summary>
    private static byte[] Photo(
        string text, SKEncodedImageFormat format, float angle, float tilt, float light, int side = 1600)
    {
        using var code = SKBitmap.Decode(QrPicture.Png(text));
        using var photo = new SKBitmap(side, side);
        using (var canvas = new SKCanvas(photo))
        {
            canvas.Clear(new SKColor(0xb0, 0x9a, 0x84));
            canvas.Save();
            canvas.RotateDegrees(angle, side / 2f, side / 2f);
            canvas.Concat(new SKMatrix(1, 0, 0, 0, 1, 0, tilt, tilt / 2, 1));
            using var paint = new SKPaint();
            using var image = SKImage.FromBitmap(code);
            canvas.DrawImage(
                image, SKRect.Create(side * 0.2f, side * 0.2f, side * 0.6f, side * 0.6f),
                new SKSamplingOptions(SKFilterMode.Linear), paint);
            canvas.Restore();
            using var shade = new SKPaint
            {
                Shader = SKShader.CreateLinearGradient(
                    new SKPoint(0, 0), new SKPoint(side, side),
                    [SKColors.Black.WithAlpha(0), SKColors.Black.WithAlpha((byte)(255 * (1 - light)))],
                    SKShaderTileMode.Clamp),
            };
            canvas.DrawRect(0, 0, side, side, shade);
        }

        using var data = photo.Encode(format, 70);
        return data.ToArray();
    }

    private static byte[] Pdf(string first, (string Entries, byte[] Content) stream) =>
    [
        .. Encoding.ASCII.GetBytes($"%PDF-1.7\n1 0 obj {first} endobj\n2 0 obj <<{stream.Entries}>> stream\n"),
        .. stream.Content, .. "\nendstream endobj\n"u8,
    ];

    private static byte[] Zeros(int count)
    {
        using var packed = new MemoryStream();
        using (var packer = new ZLibStream(packed, CompressionLevel.Optimal, leaveOpen: true))
        {
            byte[] some = new byte[1 << 16];
            for (int left = count; left > 0; left -= some.Length) packer.Write(some, 0, Math.Min(left, some.Length));
        }

        return packed.ToArray();
    }

    /// <summary>The corner of a QR code, again and again: a reader that tries every three of them never ends.</summary>
    private static byte[] Corners(int rows)
    {
        using var picture = new SKBitmap(2400, 2400);
        using (var canvas = new SKCanvas(picture))
        {
            canvas.Clear(SKColors.White);
            using var black = new SKPaint { Color = SKColors.Black };
            using var white = new SKPaint { Color = SKColors.White };
            for (int i = 0; i < rows * rows; i++)
            {
                var (x, y) = (i % rows * 24, i / rows * 24);
                canvas.DrawRect(x, y, 21, 21, black);
                canvas.DrawRect(x + 3, y + 3, 15, 15, white);
                canvas.DrawRect(x + 6, y + 6, 9, 9, black);
            }
        }

        using var data = picture.Encode(SKEncodedImageFormat.Png, 100);
        return data.ToArray();
    }

    private static byte[] Noise()
    {
        var random = new Random(7);
        using var picture = new SKBitmap(2000, 2000);
        for (int i = 0; i < 2000 * 2000; i++)
            picture.SetPixel(i % 2000, i / 2000, random.Next(2) == 0 ? SKColors.Black : SKColors.White);
        using var data = picture.Encode(SKEncodedImageFormat.Png, 100);
        return data.ToArray();
    }

    /// <summary>A PNG that says it has 60,000 by 60,000 pixels.</summary>
    private static byte[] Huge()
    {
        byte[] png = BadgePicture.Png(SamplePaper.Badge, 16);
        System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(png.AsSpan(16), 60_000);
        System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(png.AsSpan(20), 60_000);
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(
            png.AsSpan(29), System.IO.Hashing.Crc32.HashToUInt32(png.AsSpan(12, 17)));
        return png;
    }
}
