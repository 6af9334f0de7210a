using MicroCreds.Ledger.Gateway.Pages;

namespace MicroCreds.Ledger.Gateway.Desk;

/// <summary>/desk/desk.css: how what only the desk has looks.</summary>
internal static class DeskFiles
{
    public static void MapDeskFiles(this IEndpointRouteBuilder desk) => desk.MapFile(
        "/desk.css", $"{typeof(DeskFiles).Namespace}.desk.css", StaticPages.StyleSheet);
}
