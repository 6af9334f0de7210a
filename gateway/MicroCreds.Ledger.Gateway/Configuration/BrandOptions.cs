namespace MicroCreds.Ledger.Gateway.Configuration;

/// <summary>How the pages show whose they are. Each setting begins with <c>Brand</c>.</summary>
public sealed record BrandOptions
{
    /// <summary>The institution's name as its people say it. Default is its name on the ledger.</summary>
    public string? Name { get; init; }

    /// <summary>Its logo, a PNG or SVG file. Default is none: its initials stand there.</summary>
    public string? LogoFile { get; init; }

    /// <summary>Its colour as <c>#rrggbb</c>, dark enough for white letters. Default is a dark blue.</summary>
    public string Colour { get; init; } = "#17365d";

    /// <summary>Where its imprint is. Default is none.</summary>
    public string? Imprint { get; init; }

    /// <summary>Where its privacy notice is. Default is none.</summary>
    public string? Privacy { get; init; }

    /// <summary>Where its accessibility statement is. Default is none.</summary>
    public string? Accessibility { get; init; }
}
