/* graphviz.c: weft-graphviz.so: dot text drawn by graphviz. */
#include <graphviz/cgraph.h>
#include <graphviz/gvc.h>

/* Write `dot` in a format that graphviz knows; 0, or 1 after one line on standard error. */
__attribute__((visibility("default"))) int graphviz_render(const char *dot, const char *format, FILE *out);

int graphviz_render(const char *dot, const char *format, FILE *out) {
  GVC_t *context = gvContext();
  Agraph_t *graph = agmemread(dot);
  int status = 1;
  if (graph && !gvLayout(context, graph, "dot")) {
    status = gvRender(context, graph, format, out) != 0;
    gvFreeLayout(context, graph);
  }
  if (status) fprintf(stderr, "weft: graphviz could not draw the picture as %s\n", format);
  if (graph) agclose(graph);
  gvFreeContext(context);
  return status;
}
