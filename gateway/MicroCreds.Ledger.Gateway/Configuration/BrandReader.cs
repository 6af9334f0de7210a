using System.Globalization;

namespace MicroCreds.Ledger.Gateway.Configuration;

/// <summary>Reads how the desk shows whose it is.</summary>
internal static class BrandReader
{
    /// <summary>The contrast that white letters need on the colour (WCAG 2.2, 1.4.3).</summary>
    private const double MinContrast = 4.5;

    private const int MaxLogoBytes = 512 * 1024;
    private const string Prefix = "Brand";
    private const string Name = Prefix + nameof(BrandOptions.Name);
    private const string LogoFile = Prefix + nameof(BrandOptions.LogoFile);
    private const string Colour = Prefix + nameof(BrandOptions.Colour);
    private const string Imprint = Prefix + nameof(BrandOptions.Imprint);
    private const string Privacy = Prefix + nameof(BrandOptions.Privacy);
    private const string Accessibility = Prefix + nameof(BrandOptions.Accessibility);

    /// <summary>The settings that it knows.</summary>
    public static readonly IReadOnlyList<string> Settings =
        [Name, LogoFile, Colour, Imprint, Privacy, Accessibility];

    /// <summary>Reads them, and adds a sentence for each fault.</summary>
    public static BrandOptions Read(IConfigurationSection section, List<string> faults) => new()
    {
        Name = Optional(section, Name),
        LogoFile = Logo(Optional(section, LogoFile), faults),
        Colour = CheckedColour(Optional(section, Colour), faults) ?? new BrandOptions().Colour,
        Imprint = Address(section, Imprint, faults),
        Privacy = Address(section, Privacy, faults),
        Accessibility = Address(section, Accessibility, faults),
    };

    /// <summary>The contrast of white letters on a colour, as WCAG 2.2 computes it.</summary>
    internal static double ContrastWithWhite(int rgb)
    {
        double luminance = (0.2126 * Linear(rgb >> 16)) + (0.7152 * Linear(rgb >> 8)) + (0.0722 * Linear(rgb));
        return 1.05 / (luminance + 0.05);

        static double Linear(int channel)
        {
            double value = (channel & 0xff) / 255.0;
            return value <= 0.04045 ? value / 12.92 : Math.Pow((value + 0.055) / 1.055, 2.4);
        }
    }

    private static string? CheckedColour(string? text, List<string> faults)
    {
        if (text is null) return null;
        if (text is not ['#', _, _, _, _, _, _]
            || !int.TryParse(text.AsSpan(1), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int rgb))
        {
            faults.Add($"{Colour} is \"{text}\": it must be six hexadecimal digits behind a #, such as #17365d.");
            return null;
        }

        double contrast = ContrastWithWhite(rgb);
        if (contrast < MinContrast)
        {
            faults.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"{Colour} {text} has a contrast of {contrast:0.0} to white letters: take a darker one, from 4.5."));
        }

        return text;
    }

    private static string? Logo(string? path, List<string> faults)
    {
        if (path is null) return null;
        string ending = Path.GetExtension(path).ToLowerInvariant();
        if (ending is not (".png" or ".svg"))
            faults.Add($"{LogoFile} is \"{path}\": it must be a .png or .svg file.");
        else if (!File.Exists(path))
            faults.Add($"{LogoFile} is \"{path}\": there is no such file.");
        else if (new FileInfo(path).Length > MaxLogoBytes)
            faults.Add($"{LogoFile} is \"{path}\": it has more than {MaxLogoBytes / 1024} KiB.");
        return path;
    }

    private static string? Address(IConfigurationSection section, string name, List<string> faults)
    {
        if (Optional(section, name) is not { } text) return null;
        if (!Uri.TryCreate(text, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
            faults.Add($"{name} is \"{text}\": it must be an absolute http or https address.");
        return text;
    }

    private static string? Optional(IConfigurationSection section, string name) =>
        string.IsNullOrWhiteSpace(section[name]) ? null : section[name]!.Trim();
}
