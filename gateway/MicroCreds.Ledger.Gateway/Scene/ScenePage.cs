using MicroCreds.Ledger.Gateway.Pages;

namespace MicroCreds.Ledger.Gateway.Scene;

/// <summary>/scene: a laboratory with hazards, as a working sample of a simulator (cmi5).</summary>
internal static class ScenePage
{
    /// <summary>Where it is.</summary>
    public const string Address = "/scene";

    private static readonly string[] Scripts =
        ["content", "game", "headset", "main", "matrix", "picture", "report", "room", "shapes"];

    public static void MapScene(this IEndpointRouteBuilder routes)
    {
        routes.MapGet(Address, (HttpContext context) =>
            PageAnswers.Give<SceneView>(context, PageVisit.Of(context))).ExcludeFromDescription();
        string folder = typeof(ScenePage).Namespace!;
        routes.MapScripts(Address, folder, Scripts);
        routes.MapFile($"{Address}/scene.css", $"{folder}.scene.css", StaticPages.StyleSheet);
    }
}
